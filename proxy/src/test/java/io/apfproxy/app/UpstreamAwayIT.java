package io.apfproxy.app;

import static io.apfproxy.app.LocalProxy.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.pki.TestAuthority;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole proxy while the wire to its upstream is cut. */
@Tag("L-91")
@Tag("L-94")
@Tag("S84")
@Tag("S86")
class UpstreamAwayIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String NAMESPACES = "/api/v1/namespaces";
  private static final int REQUESTS = 20;

  /** What is known of a token ends after ten seconds, of a certificate with itself. */
  private static final TestAuthority USERS = TestAuthority.named("users");

  @TempDir Path directory;

  @Test
  void isNotReadyAndHoldsRequestsUntilItIsBack() throws Exception {
    try (EmbeddedApiServer upstream =
            EmbeddedApiServer.builder(Files.createDirectory(directory.resolve("upstream")))
                .allow("alice", "*", "*")
                .user("bob")
                .allow("bob", "*", "*")
                .start();
        TcpRelay wire = new TcpRelay(URI.create(upstream.url()).getPort());
        ProxyApp proxy = ProxyApp.start(options(upstream, wire))) {
      await().atMost(LONG).until(proxy::isReady);
      HttpClient alice =
          LocalProxy.client(
              proxy,
              HttpClient.Version.HTTP_2,
              USERS.leaf("alice").forClients().issue().keyManagers().getKeyManagers());
      HttpClient bob = LocalProxy.client(proxy, HttpClient.Version.HTTP_2);
      HttpRequest request = request(proxy).build();
      HttpRequest byNobodyYetKnown =
          request(proxy).header("Authorization", "Bearer " + upstream.token("bob")).build();
      assertThat(alice.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);

      wire.cut();
      await().atMost(LONG).until(() -> metric(proxy, "apf_proxy_upstream_connections") == 0);
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        answers.add(alice.sendAsync(request, BodyHandlers.ofString()));
      }
      await().atMost(LONG).until(() -> metric(proxy, "apf_proxy_requests_held") == REQUESTS);
      for (int i = 0; i < REQUESTS; i++) {
        answers.add(bob.sendAsync(byNobodyYetKnown, BodyHandlers.ofString()));
      }
      await()
          .atMost(LONG)
          .until(() -> metric(proxy, "apf_proxy_upstream_state{state=\"down\"}") == 1);
      await()
          .atMost(LONG)
          .until(() -> metric(proxy, "apf_proxy_bound_used{rule=\"waiting-head-bytes\"}") > 0);
      assertThat(proxy.isReady()).isFalse();

      wire.mend();

      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.join().statusCode()).isEqualTo(200);
      }
      await().atMost(LONG).until(proxy::isReady);
      await().atMost(LONG).until(() -> metric(proxy, "apf_proxy_seats{bound=\"now\"}") == 600);
      assertThat(metric(proxy, "apf_proxy_seats{bound=\"min\"}")).isEqualTo(30);
      assertThat(metric(proxy, "apf_proxy_upstream_pulses_total{outcome=\"failed\"}"))
          .isGreaterThanOrEqualTo(3);
    }
  }

  private static HttpRequest.Builder request(ProxyApp proxy) {
    return HttpRequest.newBuilder(
        URI.create("https://localhost:" + proxy.securePort() + NAMESPACES));
  }

  private ProxyOptions options(EmbeddedApiServer upstream, TcpRelay wire) throws Exception {
    int port = URI.create(upstream.url()).getPort();
    Path kubeconfig =
        Files.writeString(
            directory.resolve("wired.kubeconfig"),
            Files.readString(upstream.adminKubeconfig()).replace(":" + port, ":" + wire.port()));
    return LocalProxy.options(
        kubeconfig,
        directory,
        "--client-ca-file=" + Files.writeString(directory.resolve("users.crt"), USERS.pem()),
        "--hold-while-down=10m",
        "--request-timeout=10m", // a quarter of it for who asks
        "--shutdown-grace=10s");
  }
}
