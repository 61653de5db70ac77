package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.budget.AdaptiveBudget;
import io.apfproxy.budget.PulseTimes;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is shown of seats that follow the upstream. */
@Tag("L-55")
class AdaptiveSeatsMetricsTest {
  private final ProxyMetrics metrics = new ProxyMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  /** Follows nothing: nobody started it. */
  static PulseTimes bindAdaptive(ProxyMetrics metrics) {
    ManualTime time = new ManualTime();
    return metrics.bindAdaptive(
        new AdaptiveBudget(1, 2, Duration.ofMillis(5), time, time, () -> 0));
  }

  @Test
  void showsPulsesLoadAndWhySeatsChanged() {
    PulseTimes pulses = bindAdaptive(metrics);
    pulses.took(2_000_000, 0);
    pulses.took(2_000_000_000, 7_000_000);

    PrometheusText text = PrometheusText.parse(metrics.scrape());

    assertThat(text.value("apf_proxy_upstream_pulse_seconds_count", Map.of())).isEqualTo(2);
    assertThat(text.value("apf_proxy_upstream_pulse_seconds_bucket", Map.of("le", "0.002")))
        .isEqualTo(1);
    assertThat(text.value("apf_proxy_event_loop_wait_seconds_bucket", Map.of("le", "0.005")))
        .isEqualTo(1);
    assertThat(text.value("apf_proxy_event_loop_wait_seconds_bucket", Map.of("le", "0.0075")))
        .isEqualTo(2);
    assertThat(text.value("apf_proxy_upstream_state", Map.of("state", "unknown"))).isEqualTo(1);
    assertThat(text.value("apf_proxy_upstream_state", Map.of("state", "overloaded"))).isZero();
    assertThat(text.value("apf_proxy_upstream_delay_seconds", Map.of())).isZero();
    assertThat(text.value("apf_proxy_upstream_base_seconds", Map.of())).isZero();
    for (String why : List.of("grow", "cut", "dip", "rebase", "recovery", "inner-429", "shadow")) {
      assertThat(text.value("apf_proxy_seats_changes_total", Map.of("why", why))).isZero();
    }
  }
}
