package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.limit.LimitReading;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is told of rate limits. */
@Tag("L-33")
class RateLimitGaugesTest {
  /** One that let some wait and refused others. */
  static final LimitReading SOME =
      new LimitReading(
          "ci",
          7,
          3,
          2,
          1,
          new LimitReading.Shadow(5, 6),
          new LimitReading.Waits(List.of(0.5, 1.0), List.of(2L, 1L, 0L), 1_250_000_000L),
          100,
          2_000,
          4,
          9,
          0.75);

  @Test
  void tellsWhatBecameOfRequestsAndHowNearTheNextRefusalIs() {
    try (ProxyMetrics metrics = new ProxyMetrics()) {
      metrics.bindRateLimits(() -> List.of(SOME), () -> 8);

      assertThat(
              metrics
                  .scrape()
                  .lines()
                  .filter(line -> line.matches("apf_proxy_(shadow_)?rate_limit.*")))
          .containsExactlyInAnyOrder(
              "apf_proxy_rate_limit_requests_total{outcome=\"passed\",rate_limit=\"ci\"} 7.0",
              "apf_proxy_rate_limit_requests_total{outcome=\"delayed\",rate_limit=\"ci\"} 3.0",
              "apf_proxy_rate_limit_requests_total{outcome=\"refused\",rate_limit=\"ci\"} 2.0",
              "apf_proxy_rate_limit_requests_total{outcome=\"refunded\",rate_limit=\"ci\"} 1.0",
              "apf_proxy_shadow_rate_limited_total{outcome=\"delayed\",rate_limit=\"ci\"} 5.0",
              "apf_proxy_shadow_rate_limited_total{outcome=\"refused\",rate_limit=\"ci\"} 6.0",
              "apf_proxy_rate_limit_wait_seconds_bucket{rate_limit=\"ci\",le=\"0.5\"} 2",
              "apf_proxy_rate_limit_wait_seconds_bucket{rate_limit=\"ci\",le=\"1.0\"} 3",
              "apf_proxy_rate_limit_wait_seconds_bucket{rate_limit=\"ci\",le=\"+Inf\"} 3",
              "apf_proxy_rate_limit_wait_seconds_count{rate_limit=\"ci\"} 3",
              "apf_proxy_rate_limit_wait_seconds_sum{rate_limit=\"ci\"} 1.25",
              "apf_proxy_rate_limit_bytes_total{direction=\"in\",rate_limit=\"ci\"} 100.0",
              "apf_proxy_rate_limit_bytes_total{direction=\"out\",rate_limit=\"ci\"} 2000.0",
              "apf_proxy_rate_limit_keys{rate_limit=\"ci\"} 4.0",
              "apf_proxy_rate_limit_keys_overflowed_total{rate_limit=\"ci\"} 9.0",
              "apf_proxy_rate_limit_fullest_ratio{rate_limit=\"ci\"} 0.75",
              "apf_proxy_rate_limit_waiting 8.0");
    }
  }
}
