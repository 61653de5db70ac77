package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.queueset.BurstDenial;
import io.apfproxy.queueset.BurstState;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is told of levels that may burst. */
@Tag("L-67")
class BurstGaugesTest {
  @Test
  void tellsWhatEachLevelSavedAndSpends() {
    try (ProxyMetrics metrics = new ProxyMetrics()) {
      metrics.bindBursts(
          () ->
              Map.of(
                  "tenants",
                  new BurstState(
                      12_500_000_000L,
                      200_000_000_000L,
                      3,
                      41,
                      Map.of(BurstDenial.CREDIT, 7L, BurstDenial.UPSTREAM, 2L),
                      null)));

      assertThat(metrics.scrape().lines().filter(line -> line.startsWith("apf_proxy_burst")))
          .containsExactlyInAnyOrder(
              "apf_proxy_burst_credit_seat_seconds{priority_level=\"tenants\"} 12.5",
              "apf_proxy_burst_credit_max_seat_seconds{priority_level=\"tenants\"} 200.0",
              "apf_proxy_burst_seats_in_use{priority_level=\"tenants\"} 3.0",
              "apf_proxy_burst_granted_total{priority_level=\"tenants\"} 41.0",
              "apf_proxy_burst_denied_total{priority_level=\"tenants\",why=\"credit\"} 7.0",
              "apf_proxy_burst_denied_total{priority_level=\"tenants\",why=\"upstream\"} 2.0");
    }
  }
}
