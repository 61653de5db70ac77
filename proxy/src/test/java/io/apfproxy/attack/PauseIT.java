package io.apfproxy.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.pki.TrustingTls;
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
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** A quarter of it may be spent in a queue, so that no pause is too long for that by itself. */
  private static final String TIMEOUT = "--request-timeout=4m";

  /** As many as may be executing, and so many again that wait. */
  private static final int LISTS = 80;

  private static final String USER = "system:serviceaccount:shop:checkout";
  private static final int STRANGERS = 20;
  private static final String TOKEN_REVIEWS = "/apis/authentication.k8s.io/v1/tokenreviews";
  private static final String CONFIG_MAPS = "/api/v1/namespaces/shop/configmaps";

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
      server.script().on("list", CONFIG_MAPS).delay(Duration.ofMillis(500)).play();
      server.script().on("create", TOKEN_REVIEWS).delay(Duration.ofMillis(500)).play();
      token = server.token(USER);
      for (int i = 0; i < STRANGERS; i++) {
        strangers.add(server.token("user-" + i));
      }
      Path own = Files.createDirectory(folder.resolve("victim"));
      try (Victim proxy = new Victim(own, server.adminKubeconfig(), server.caFile(), TIMEOUT)) {
        url = "https://127.0.0.1:" + proxy.port();
        client =
            HttpClient.newBuilder()
                .sslContext(TrustingTls.context(own.resolve("apf-proxy.crt")))
                .connectTimeout(PATIENCE)
                .build();
        goesOn(server, proxy);
      }
    }
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
