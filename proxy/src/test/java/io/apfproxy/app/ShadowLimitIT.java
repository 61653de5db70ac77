package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.raw.RawClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A rate limit is tried in shadow and then enforced, by its annotation alone. L-32, L-34. */
class ShadowLimitIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String EXPLAIN =
      "/debug/api_priority_and_fairness/explain?method=GET&url=/api&user=alice";

  @TempDir Path directory;
  private EmbeddedApiServer upstream;
  private ProxyApp proxy;
  private Path file;

  @BeforeEach
  void start() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    upstream = EmbeddedApiServer.builder(folder).user("alice").allow("alice", "*", "*").start();
    Path limits = Files.createDirectory(directory.resolve("limits"));
    file = limits.resolve("limit.yaml");
    enforcement("shadow");
    proxy =
        ProxyApp.start(
            ProxyOptions.of(
                "--kubeconfig=" + upstream.adminKubeconfig(),
                "--bind-address=127.0.0.1",
                "--secure-port=0",
                "--admin-port=0",
                "--cert-dir=" + directory.resolve("certs"),
                "--allow-privileged-impersonation",
                "--flowcontrol-source=builtin,files:" + limits,
                "--shutdown-grace=1s"));
    await().atMost(SOON).until(() -> admin("/metrics").contains("{rate_limit=\"daily\"}"));
  }

  @AfterEach
  void stop() {
    if (proxy != null) {
      proxy.close();
    }
    upstream.close();
  }

  private void enforcement(String mode) throws Exception {
    Files.writeString(
        file,
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: RateLimit
        metadata:
          name: daily
          annotations: {apf-proxy.io/enforcement: %s}
        spec:
          rules:
          - subjects: [{kind: User, user: {name: alice}}]
            nonResourceRules: [{verbs: ["*"], nonResourceURLs: [/api]}]
          key: {by: [User]}
          type: TokenBucket
          tokenBucket: {rate: 3, period: 24h, burst: 3}
        """
            .formatted(mode));
  }

  private String admin(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.adminPort() + path))
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  /** Status of the answer. */
  private String ask() {
    try (RawClient client = new RawClient(proxy.securePort())) {
      client.send(
          "GET /api HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
              + upstream.token("alice")
              + "\r\n\r\n");
      return client.readHead().substring("HTTP/1.1 ".length()).substring(0, 3);
    }
  }

  @Test
  void triesALimitAndThenHoldsToIt() throws Exception {
    assertThat(admin(EXPLAIN)).contains("daily: user alice, 1 of 3 a day and 3 at once; 3 left;");
    for (int i = 0; i < 5; i++) {
      assertThat(ask()).isEqualTo("200");
    }
    assertThat(admin("/metrics"))
        .contains(
            "apf_proxy_shadow_rate_limited_total{outcome=\"refused\",rate_limit=\"daily\"} 2.0",
            "apf_proxy_rate_limit_requests_total{outcome=\"refused\",rate_limit=\"daily\"} 0.0",
            "apf_proxy_bound_used{rule=\"rate-limit-keys\"} 1.0",
            "apf_proxy_bound_limit{rule=\"rate-limit-keys\"} 500000.0");
    assertThat(admin(EXPLAIN)).contains("; 0 left; in shadow, it only counts");

    enforcement("enforce");
    await().atMost(SOON).until(() -> !admin(EXPLAIN).contains("in shadow"));
    assertThat(ask()).as("what shadow counted is taken").isEqualTo("429");

    enforcement("shadow");
    await().atMost(SOON).until(() -> admin(EXPLAIN).contains("in shadow"));
    assertThat(ask()).isEqualTo("200");
  }
}
