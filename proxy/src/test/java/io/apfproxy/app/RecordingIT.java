package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.Patience;
import io.apfproxy.cli.Command;
import io.apfproxy.cli.StartException;
import io.apfproxy.command.Output;
import io.apfproxy.command.ReplayCommand;
import io.apfproxy.fixtures.load.ManyStreams;
import io.apfproxy.recorded.HashedNaming;
import io.apfproxy.server.log.AuditSchema;
import io.apfproxy.server.log.LineWriter;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The recording of a proxy before a server. */
@Tag("V-56")
class RecordingIT extends AppFixture {
  private static final int REQUESTS = Integer.getInteger("apf.record.requests", 3_000);
  private static final int AT_A_TIME = 64;
  private static final int STREAMS = 16; // on each of four connections
  private static final String DROPPED = "apf_proxy_access_log_dropped_total{log=\"recording\"}";
  private static final Duration LONG = Duration.ofSeconds(60);

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>();

  @SuppressWarnings("NullAway.Init") // set by the test
  private io.vertx.core.http.HttpClient sender;

  @Override
  List<String> users() {
    return List.of("alice", "bob");
  }

  private Path folder() throws Exception {
    return Files.createDirectories(directory.resolve("record"));
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> all = Files.list(folder())) {
      return all.sorted().toList();
    }
  }

  private List<JsonNode> lines() throws Exception {
    List<JsonNode> lines = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    for (Path file : files()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(file.getFileName().toString()).matches("apf-proxy-.+-[0-9]{8}T.+Z\\.jsonl");
      for (String line : Files.readAllLines(file)) {
        lines.add(mapper.readTree(line));
      }
    }
    return lines;
  }

  private void end() {
    proxy.close();
    proxy = null;
  }

  private static Output replay(String... arguments) throws Exception {
    Command.Replay replay =
        (Command.Replay)
            Command.parse(
                Stream.concat(Stream.of("replay", "--warm-up=0s"), Stream.of(arguments)).toList(),
                Map.of());
    return ReplayCommand.run(replay.options());
  }

  @Test
  void hasEachRequestOnce() throws Exception {
    start("--record=" + folder(), "--record-max-size=1MiB", "--record-max-files=1000");
    long start = System.nanoTime();
    sendAll();
    double seconds = (System.nanoTime() - start) / 1e9;
    assertThat(answers).as("answers").containsOnlyKeys("404");
    assertThat(admin("/metrics").body())
        .contains("apf_proxy_bound_limit{rule=\"recording\"} 10000.0");
    int lost = (int) LocalProxy.metric(proxy, DROPPED);
    end();

    List<JsonNode> lines = lines();
    lines.forEach(AuditSchema::check);
    Set<String> recorded = new HashSet<>();
    lines.forEach(line -> assertThat(recorded.add(line.path("requestURI").asText())).isTrue());
    assertThat(recorded).allMatch(path -> path.matches(NAMESPACES + "/n[0-9]+"));
    assertThat(recorded.size() + lost).isEqualTo(REQUESTS);
    if (REQUESTS <= LineWriter.MOST_WAITING) {
      assertThat(lost).as("there was room for all").isZero();
    }
    assertThat(files()).hasSizeGreaterThan(1).allMatch(file -> file.toFile().length() <= 1 << 20);
    assertThat(replay(folder().toString()).text())
        .contains("events read " + recorded.size() + ", simulated " + recorded.size() + "\n")
        .contains("global-default")
        .doesNotContain("nothing is known");
    System.out.printf(
        "recording: %d requests, %.0f a second, %d files, %d lost%n",
        REQUESTS, REQUESTS / seconds, files().size(), lost);
  }

  /** As fast as they are answered, so many at a time. */
  private void sendAll() throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      sender = ManyStreams.client(vertx, proxy.certificateAuthority(), STREAMS, AT_A_TIME);
      URI url = LocalProxy.url(proxy, "");
      for (int i = 0; i < AT_A_TIME; i++) {
        sendNext(url);
      }
      Patience.untilAllCame(REQUESTS, answered::get);
    } finally {
      vertx.close().await(LONG.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private void sendNext(URI url) {
    int number = begun.getAndIncrement();
    if (number >= REQUESTS) {
      return;
    }
    String token = upstream.token(number % 3 == 0 ? "bob" : "alice");
    sender
        .request(ManyStreams.get(url, NAMESPACES + "/n" + number, token))
        .compose(
            request ->
                request.send().compose(head -> head.end().map(end -> "" + head.statusCode())))
        .otherwise(failure -> String.valueOf(failure))
        .onSuccess(
            answer -> {
              answers.computeIfAbsent(answer, first -> new AtomicInteger()).incrementAndGet();
              answered.incrementAndGet();
              sendNext(url);
            });
  }

  @Test
  void tellsOfWatchesListsAndRefusalsButNotOfWhatCouldNotBeRead() throws Exception {
    start("--record=" + folder());
    HttpClient client = client();
    client.send(asAlice(NAMESPACES + "?limit=5"), BodyHandlers.discarding());
    client.send(asAlice(NAMESPACES + "?timeout=abc"), BodyHandlers.discarding());
    HttpRequest stranger =
        HttpRequest.newBuilder(asAlice(NAMESPACES), (name, value) -> false)
            .header("Authorization", "Bearer nobodys")
            .build();
    client.send(asAlice(NAMESPACES + "?limit=5"), BodyHandlers.discarding());
    CompletableFuture<HttpResponse<Stream<String>>> watch =
        client.sendAsync(asAlice(NAMESPACES + "?watch=true"), BodyHandlers.ofLines());
    watch.join();
    await()
        .atMost(LONG)
        .until(() -> lines().stream().anyMatch(line -> is(line, "watch", "ResponseStarted")));
    HttpResponse<Void> unknown = client().send(stranger, BodyHandlers.discarding());
    end();

    List<JsonNode> lines = lines();
    lines.forEach(AuditSchema::check);
    assertThat(lines).filteredOn(line -> is(line, "watch", "ResponseComplete")).hasSize(1);
    List<JsonNode> lists =
        lines.stream()
            .filter(line -> line.path("annotations").has("apf-proxy.io/objects"))
            .filter(line -> is(line, "list", "ResponseComplete"))
            .toList();
    assertThat(lists).as("the second one").hasSize(1);
    JsonNode list = lists.get(0);
    JsonNode why = list.path("annotations");
    assertThat(why.path("apf-proxy.io/level").asText()).isEqualTo("global-default");
    assertThat(why.path("apf-proxy.io/flow").asText()).isEqualTo("alice");
    assertThat(why.path("apf-proxy.io/seats").asText()).isEqualTo("1");
    assertThat(why.path("apf-proxy.io/wait").asText()).isNotEmpty();
    assertThat(why.path("apf-proxy.io/held").asText()).isNotEmpty();
    assertThat(why.path("apf-proxy.io/objects").asText())
        .as("learned from the list before")
        .matches("[0-9]+/[0-9]+");
    assertThat(why.path("apf-proxy.io/bytes").asInt()).isPositive();
    String id = unknown.headers().firstValue("Audit-Id").orElseThrow();
    JsonNode refused =
        lines.stream().filter(line -> line.path("auditID").asText().equals(id)).findAny().get();
    assertThat(refused.path("responseStatus").path("code").asInt()).isEqualTo(401);
    assertThat(refused.path("annotations").path("apf-proxy.io/refused").asText()).isNotEmpty();
    assertThat(refused.path("user").isEmpty()).isTrue();
    assertThat(replay(folder().toString()).text())
        .contains("events read 5, simulated 3, excluded: 401 1, excluded: second events 1\n");
  }

  private static boolean is(JsonNode line, String verb, String stage) {
    return line.path("verb").asText().equals(verb) && line.path("stage").asText().equals(stage);
  }

  @Test
  @Tag("V-57")
  void namesNobodyUnderAKey() throws Exception {
    Path key = Files.write(directory.resolve("names.key"), new byte[HashedNaming.KEY_BYTES]);
    start("--record=" + folder(), "--record-names=hashed", "--record-names-key-file=" + key);
    client().send(as("bob", NAMESPACES + "/canary/configmaps/canary"), BodyHandlers.discarding());
    end();
    JsonNode line = lines().get(0);
    assertThat(line.path("user").path("username").asText())
        .isEqualTo(new HashedNaming(new byte[HashedNaming.KEY_BYTES]).user("bob"));
    assertThat(line.toString()).doesNotContain("canary", "\"bob\"", "127.0.0.1");
    assertThat(replay(folder().toString(), "--names-key=" + key).text()).contains("simulated 1\n");
  }

  @Test
  @Tag("V-57")
  void doesNotStartWithoutItsKey() throws Exception {
    Path key = Files.write(directory.resolve("names.key"), new byte[5]);
    Path folder = folder();
    assertThatThrownBy(
            () ->
                start(
                    "--record=" + folder,
                    "--record-names=hashed",
                    "--record-names-key-file=" + key))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--record-names-key-file: cannot use " + key)
        .hasMessageContaining("fewer bytes than 32");
    assertThat(files()).isEmpty();
  }

  @Test
  void isNotWrittenUnasked() throws Exception {
    start();
    client().send(asAlice(NAMESPACES), BodyHandlers.discarding());
    assertThat(admin("/metrics").body()).doesNotContain("recording");
  }
}
