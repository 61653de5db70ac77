package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.WholeFile;
import io.apfproxy.fixtures.raw.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A rate limit is tried in shadow and then enforced, by its annotation alone. L-32, L-34. */
class ShadowLimitIT extends AppFixture {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String EXPLAIN =
      "/debug/api_priority_and_fairness/explain?method=GET&url=/api&user=alice";

  private Path file;

  private void startWithALimit(String annotations, String... flags) throws Exception {
    Path limits = Files.createDirectory(directory.resolve("limits"));
    file = limits.resolve("limit.yaml");
    annotate(annotations);
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--flowcontrol-source=builtin,files:" + limits);
    all.add("--shutdown-grace=1s");
    start(all.toArray(String[]::new));
    await().atMost(SOON).until(() -> page("/metrics").contains("{rate_limit=\"daily\"}"));
  }

  private void enforcement(String mode) throws Exception {
    annotate("apf-proxy.io/enforcement: " + mode);
  }

  private void annotate(String annotations) throws Exception {
    WholeFile.write(
        file,
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: RateLimit
        metadata:
          name: daily
          annotations: {%s}
        spec:
          rules:
          - subjects: [{kind: User, user: {name: alice}}]
            nonResourceRules: [{verbs: ["*"], nonResourceURLs: [/api]}]
          key: {by: [User]}
          type: TokenBucket
          tokenBucket: {rate: 3, period: 24h, burst: 3}
        """
            .formatted(annotations));
  }

  private String page(String path) throws Exception {
    return admin(path).body();
  }

  /** Status of the answer. */
  private String ask() {
    return head().substring("HTTP/1.1 ".length()).substring(0, 3);
  }

  private String head() {
    try (RawClient client = new RawClient(proxy.securePort())) {
      client.send(
          "GET /api HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer "
              + upstream.token("alice")
              + "\r\n\r\n");
      return client.readHead();
    }
  }

  @Test
  void triesALimitAndThenHoldsToIt() throws Exception {
    startWithALimit("apf-proxy.io/enforcement: shadow");
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

  /** V-30, V-37: by the flag, and told of each request, as of levels. */
  @Test
  void isInShadowByTheFlagAndTellsOfEachRequestWhatItWouldDo() throws Exception {
    Path log = directory.resolve("access.log");
    startWithALimit("", "--enforcement=shadow", "--expose-flow-headers", "--access-log=" + log);
    for (int i = 0; i < 3; i++) {
      assertThat(head()).startsWith("HTTP/1.1 200 ").doesNotContain("X-Apf-Shadow");
    }
    for (int i = 0; i < 2; i++) {
      assertThat(head())
          .startsWith("HTTP/1.1 200 ")
          .containsIgnoringCase("\r\nX-Apf-Shadow: refuse rate-limit\r\n");
    }
    String refusals = page("/debug/apf-proxy/refusals?rule=rate-limit");
    assertThat(refusals.split("\"would\":true", -1)).hasSize(3);
    assertThat(refusals)
        .contains("\"user\":\"alice\"", "\"rateLimit\":\"daily\",\"rateLimitKey\":\"user alice\"");
    await().atMost(SOON).until(() -> Files.readAllLines(log).size() == 5);
    assertThat(Files.readString(log).split("\"apf_shadow\":\"refuse rate-limit\"", -1)).hasSize(3);
    await()
        .atMost(SOON)
        .until(
            () ->
                page("/debug/apf-proxy/top?by=user&window=1m&sort=would-refuse")
                    .contains("\"wouldRefuse\":{\"value\":2,"));

    enforcement("enforce");
    await().atMost(SOON).until(() -> !page(EXPLAIN).contains("in shadow"));
    assertThat(ask()).as("its annotation wins over the flag").isEqualTo("429");
  }
}
