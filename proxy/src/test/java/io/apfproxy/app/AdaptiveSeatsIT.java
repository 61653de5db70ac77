package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.pki.TrustingTls;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole proxy with seats that follow what its upstream bears. */
@Tag("L-44")
@Tag("L-55")
@Tag("L-94")
class AdaptiveSeatsIT {
  /** Nothing is judged while the proxy itself is late, which it often is on a busy machine. */
  private static final Duration LONG = Duration.ofMinutes(4);

  private static final String SLOW = "/api/v1/namespaces/default/configmaps/slow";
  private static final int LEAST = 2;
  private static final int MOST = 12;
  private static final int CLIENTS = 24;

  @TempDir Path directory;

  @Test
  void growWhileSomebodyWaitsAndBeginAnewWhenItIsBack() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(2);
    try (EmbeddedApiServer upstream =
            EmbeddedApiServer.builder(Files.createDirectory(directory.resolve("upstream")))
                .user("alice")
                .allow("alice", "*", "*")
                .start();
        TcpRelay wire = new TcpRelay(upstream.port());
        ProxyApp proxy = ProxyApp.start(options(upstream, wire))) {
      assertThat(seats(proxy, "now")).isEqualTo(LEAST);
      await().atMost(LONG).until(proxy::isReady);
      await().atMost(LONG).until(() -> value(proxy, "upstream_state", "state", "idle") == 1);
      assertThat(seats(proxy, "now")).as("nobody waits").isEqualTo(LEAST);

      upstream.script().on("get", SLOW).delay(Duration.ofMillis(200)).play();
      flood(proxy, upstream, clients);
      await().atMost(LONG).until(() -> seats(proxy, "now") == MOST);

      wire.cut();
      await().atMost(LONG).until(() -> value(proxy, "upstream_state", "state", "down") == 1);
      assertThat(value(proxy, "upstream_state", "state", "idle")).isZero();
      wire.mend();
      await().atMost(LONG).until(() -> value(proxy, "seats_changes_total", "why", "recovery") == 1);
      await().atMost(LONG).until(() -> seats(proxy, "now") == MOST);

      assertThat(value(proxy, "seats_changes_total", "why", "grow")).isGreaterThanOrEqualTo(4);
    } finally {
      clients.shutdownNow();
    }
  }

  /** Each of some clients asks again when it was answered. */
  private void flood(ProxyApp proxy, EmbeddedApiServer upstream, ExecutorService clients) {
    HttpClient client =
        HttpClient.newBuilder()
            .sslContext(TrustingTls.context(proxy.certificateAuthority()))
            .build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("https://localhost:" + proxy.securePort() + SLOW))
            .header("Authorization", "Bearer " + upstream.token("alice"))
            .build();
    for (int i = 0; i < CLIENTS; i++) {
      again(client, request, clients);
    }
  }

  private void again(HttpClient client, HttpRequest request, ExecutorService clients) {
    var unused =
        client
            .sendAsync(request, BodyHandlers.discarding())
            .whenComplete(
                (answer, cause) -> {
                  if (!clients.isShutdown()) {
                    clients.execute(() -> again(client, request, clients));
                  }
                });
  }

  private ProxyOptions options(EmbeddedApiServer upstream, TcpRelay wire) throws Exception {
    Path kubeconfig =
        Files.writeString(
            directory.resolve("wired.kubeconfig"),
            Files.readString(upstream.adminKubeconfig())
                .replace(":" + upstream.port(), ":" + wire.port()));
    return ProxyOptions.of(
        "--kubeconfig=" + kubeconfig,
        "--bind-address=127.0.0.1",
        "--secure-port=0",
        "--admin-port=0",
        "--cert-dir=" + directory.resolve("certs"),
        "--allow-privileged-impersonation",
        "--max-requests-inflight=" + (MOST - 1),
        "--max-mutating-requests-inflight=1",
        "--adaptive-seats",
        "--min-seats=" + LEAST,
        "--target-delay=1s", // no busy machine is taken for a busy upstream
        "--shutdown-grace=1s");
  }

  private static double seats(ProxyApp proxy, String bound) throws Exception {
    return value(proxy, "seats", "bound", bound);
  }

  private static double value(ProxyApp proxy, String name, String label, String value)
      throws Exception {
    URI page = URI.create("http://127.0.0.1:" + proxy.adminPort() + "/metrics");
    String text =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
            .body();
    return PrometheusText.parse(text).value("apf_proxy_" + name, Map.of(label, value));
  }
}
