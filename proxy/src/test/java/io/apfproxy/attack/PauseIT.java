package io.apfproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.Trust;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process stands still for ten seconds, and nobody but the clock notices. */
@Tag("S93")
class PauseIT {
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A quarter of it may be spent in a queue, so that no pause is too long for that by itself. */
  private static final String TIMEOUT = "--request-timeout=4m";

  /** As many as may be executing, and so many again that wait. */
  private static final int LISTS = 80;

  private static final String USER = "system:serviceaccount:shop:checkout";
  private static final int STRANGERS = 20;
  private static final String TOKEN_REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
  private static final String CONFIG_MAPS = "/api/v1/namespaces/shop/configmaps";

  /** As many as a limit lets out in a pause, and few of them before that, on a busy machine too. */
  private static final int GETS = 48;

  private static final int STILL_WAITING = 10;

  private static final double LEAK_RATE = 5;
  private static final String LEAK =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: RateLimit
      metadata:
        name: leak
      spec:
        rules:
          - subjects:
              - kind: Group
                group:
                  name: system:authenticated
            resourceRules:
              - verbs: [get]
                apiGroups: ["*"]
                resources: ["*"]
                namespaces: ["*"]
        type: LeakyBucket
        leakyBucket:
          rate: 5
          capacity: 100
      """;

  @TempDir private Path folder;
  private HttpClient client;
  private String url;
  private String token;
  private final List<String> strangers = new ArrayList<>();

  @Test
  void letsAllThatIsUnderWayGoOnAfterAPauseOfItsOwn() throws Exception {
    EmbeddedApiServer.Builder users =
        EmbeddedApiServer.builder(Files.createDirectory(folder.resolve("server")))
            .user(USER, "system:serviceaccounts", "system:serviceaccounts:shop")
            .allow("system:authenticated", "*", "*");
    for (int i = 0; i < STRANGERS; i++) {
      users.user("user-" + i);
    }
    try (EmbeddedApiServer server = users.start()) {
      server.create(List.of(object("Namespace", "", "shop")));
      server.script().on("list", CONFIG_MAPS).delay(Duration.ofSeconds(2)).play();
      server.script().on("create", TOKEN_REVIEWS).delay(Duration.ofMillis(500)).play();
      token = server.token(USER);
      for (int i = 0; i < STRANGERS; i++) {
        strangers.add(server.token("user-" + i));
      }
      Path own = Files.createDirectory(folder.resolve("victim"));
      try (Victim proxy = new Victim(own, server.adminKubeconfig(), server.caFile(), TIMEOUT)) {
        connectTo(proxy, own);
        goesOn(server, proxy);
      }
    }
  }

  private void connectTo(Victim proxy, Path folderOfIts) {
    url = "https://127.0.0.1:" + proxy.port();
    client =
        HttpClient.newBuilder()
            .sslContext(Trust.in(folderOfIts.resolve("apf-proxy.crt")))
            .connectTimeout(PATIENCE)
            .build();
  }

  /** As many as a limit lets out meanwhile: all of them are due when it goes on. */
  @Test
  @Tag("L-04")
  void letsThoseWhoWaitForARateLimitGoOnByItsLaw() throws Exception {
    Path limits = Files.createDirectory(folder.resolve("limits"));
    Files.writeString(limits.resolve("leak.yaml"), LEAK);
    try (EmbeddedApiServer server =
        EmbeddedApiServer.builder(Files.createDirectory(folder.resolve("server")))
            .user(USER, "system:serviceaccounts", "system:serviceaccounts:shop")
            .allow("system:authenticated", "*", "*")
            .start()) {
      server.create(List.of(object("Namespace", "", "shop")));
      server.create(List.of(object("ConfigMap", "shop", "prices")));
      token = server.token(USER);
      Path own = Files.createDirectory(folder.resolve("victim"));
      try (Victim proxy =
          new Victim(
              own,
              server.adminKubeconfig(),
              server.caFile(),
              TIMEOUT,
              "--flowcontrol-source=builtin,files:" + limits)) {
        connectTo(proxy, own);
        assertThat(send(CONFIG_MAPS).get().statusCode()).as("it is known who asks").isEqualTo(200);
        long begun = System.nanoTime();
        List<CompletableFuture<Long>> gets = gets(GETS);
        await()
            .atMost(PATIENCE)
            .until(() -> sum(proxy, "apf_proxy_rate_limit_waiting") > STILL_WAITING);

        proxy.pause(PAUSE);

        expectLaw(begun, gets);
        begun = System.nanoTime();
        expectLaw(begun, gets(10)); // and nothing was saved meanwhile
        assertThat(sum(proxy, "apf_proxy_refusals_total")).isZero();
        assertThat(sum(proxy, "apf_proxy_aborts_total")).isZero();
        assertThat(sum(proxy, "apf_proxy_rate_limit_waiting")).isZero();
        assertThat(proxy.stops()).isTrue();
      }
    }
  }

  /** The instants at which so many are answered. */
  private List<CompletableFuture<Long>> gets(int number) {
    List<CompletableFuture<Long>> gets = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      gets.add(
          send(CONFIG_MAPS + "/prices")
              .thenApply(
                  answer -> {
                    assertThat(answer.statusCode()).as(() -> text(answer)).isEqualTo(200);
                    return System.nanoTime();
                  }));
    }
    return gets;
  }

  /** Who is the k-th to come out does not come before his time, whoever he is. */
  private static void expectLaw(long begun, List<CompletableFuture<Long>> gets) {
    List<Double> seconds =
        gets.stream().map(CompletableFuture::join).sorted().map(at -> (at - begun) / 1e9).toList();
    for (int k = 0; k < seconds.size(); k++) {
      assertThat(seconds.get(k)).as("no. %d", k).isGreaterThanOrEqualTo(k / LEAK_RATE);
    }
    System.out.printf(
        "%d at %.0f a second, a pause of 10 s perhaps: the last after %.3f s, by the law %.1f%n",
        seconds.size(),
        LEAK_RATE,
        seconds.get(seconds.size() - 1),
        (seconds.size() - 1) / LEAK_RATE);
  }

  private void goesOn(EmbeddedApiServer server, Victim proxy) throws Exception {
    Queue<String> events = new ConcurrentLinkedQueue<>();
    CompletableFuture<HttpResponse<Stream<String>>> watch = send(CONFIG_MAPS + "?watch=true");
    CompletableFuture<?> watched = watch.thenAccept(answer -> answer.body().forEach(events::add));
    await().atMost(PATIENCE).until(() -> sum(proxy, "apf_proxy_exchanges") == 1);
    List<CompletableFuture<HttpResponse<Stream<String>>>> lists = new ArrayList<>();
    for (int i = 0; i < LISTS; i++) {
      lists.add(send(CONFIG_MAPS));
    }
    strangers.forEach(other -> lists.add(send(CONFIG_MAPS, other)));
    await().atMost(PATIENCE).until(() -> sum(proxy, "apf_proxy_exchanges") > 1);

    proxy.pause(PAUSE);

    for (CompletableFuture<HttpResponse<Stream<String>>> list : lists) {
      HttpResponse<Stream<String>> answer = list.get();
      assertThat(answer.statusCode()).as(() -> text(answer)).isEqualTo(200);
    }
    server.create(List.of(object("ConfigMap", "shop", "prices")));
    await().atMost(PATIENCE).until(() -> events.stream().anyMatch(e -> e.contains("prices")));
    assertThat(watch.get().statusCode()).isEqualTo(200);
    assertThat(watched).isNotDone();
    assertThat(sum(proxy, "apf_proxy_aborts_total")).isZero();
    assertThat(sum(proxy, "apf_proxy_refusals_total")).isZero();
    await()
        .atMost(PATIENCE)
        .until(() -> sum(proxy, "apiserver_flowcontrol_current_executing_seats") == 0);
    assertThat(proxy.stops()).isTrue();
  }

  private static String text(HttpResponse<Stream<String>> answer) {
    return answer.body().collect(Collectors.joining("\n"));
  }

  private CompletableFuture<HttpResponse<Stream<String>>> send(String target) {
    return send(target, token);
  }

  private CompletableFuture<HttpResponse<Stream<String>>> send(String target, String bearer) {
    return client.sendAsync(
        HttpRequest.newBuilder(URI.create(url + target))
            .header("Authorization", "Bearer " + bearer)
            .build(),
        HttpResponse.BodyHandlers.ofLines());
  }

  private static double sum(Victim proxy, String metric) throws IOException {
    URI metrics = URI.create("http://127.0.0.1:" + proxy.adminPort() + "/metrics");
    try (var body = metrics.toURL().openStream()) {
      return PrometheusText.parse(new String(body.readAllBytes(), StandardCharsets.UTF_8))
          .samples()
          .stream()
          .filter(sample -> sample.name().equals(metric))
          .mapToDouble(PrometheusText.Sample::value)
          .sum();
    }
  }

  private static ObjectNode object(String kind, String namespace, String name) {
    ObjectNode object =
        JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", kind);
    ObjectNode meta = object.putObject("metadata").put("name", name);
    if (!namespace.isEmpty()) {
      meta.put("namespace", namespace);
    }
    return object;
  }
}
