package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A rate limit is tried in shadow and then enforced, by its annotation alone. L-32, L-34. */
class ShadowLimitIT extends AppFixture {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String EXPLAIN =
      "/debug/api_priority_and_fairness/explain?method=GET&url=/api&user=alice";

  private Path file;

  @BeforeEach
  void startWithALimit() throws Exception {
    Path limits = Files.createDirectory(directory.resolve("limits"));
    file = limits.resolve("limit.yaml");
    enforcement("shadow");
    start("--flowcontrol-source=builtin,files:" + limits, "--shutdown-grace=1s");
    await().atMost(SOON).until(() -> page("/metrics").contains("{rate_limit=\"daily\"}"));
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

  private String page(String path) throws Exception {
    return admin(path).body();
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
    assertThat(page(EXPLAIN)).contains("daily: user alice, 1 of 3 a day and 3 at once; 3 left;");
    for (int i = 0; i < 5; i++) {
      assertThat(ask()).isEqualTo("200");
    }
    assertThat(page("/metrics"))
        .contains(
            "apf_proxy_shadow_rate_limited_total{outcome=\"refused\",rate_limit=\"daily\"} 2.0",
            "apf_proxy_rate_limit_requests_total{outcome=\"refused\",rate_limit=\"daily\"} 0.0",
            "apf_proxy_bound_used{rule=\"rate-limit-keys\"} 1.0",
            "apf_proxy_bound_limit{rule=\"rate-limit-keys\"} 500000.0");
    assertThat(page(EXPLAIN)).contains("; 0 left; in shadow, it only counts");

    enforcement("enforce");
    await().atMost(SOON).until(() -> !page(EXPLAIN).contains("in shadow"));
    assertThat(ask()).as("what shadow counted is taken").isEqualTo("429");

    enforcement("shadow");
    await().atMost(SOON).until(() -> page(EXPLAIN).contains("in shadow"));
    assertThat(ask()).isEqualTo("200");
  }
}
