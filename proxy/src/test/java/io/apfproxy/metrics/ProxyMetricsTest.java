package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The metrics of the data path and of the process. */
class ProxyMetricsTest {
  private final ProxyMetrics metrics = new ProxyMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  private static Account answered(int code) {
    Account account = new Account(0, "id", "192.0.2.1", "GET", "/api", null);
    account.answered(code, 0);
    return account;
  }

  @Test
  void countsWhatTheDataPathReports() {
    Reporter events = metrics.events();
    events.answered(answered(200));
    events.answered(answered(200));
    events.answered(answered(9999));
    Account refused = answered(429);
    refused.refused(new RefusedException(429, "TooManyRequests", "queue-full", "full"));
    events.answered(refused);
    Account reset = new Account(0, "id", "192.0.2.1", "CONNECT", "/", null);
    reset.refused(new RefusedException(400, "BadRequest", "pseudo-header", "not offered"));
    events.answered(reset);
    events.aborted("upstream-cut");
    events.responseBytes(1000);
    events.held(Held.TUNNEL, 1);
    events.held(Held.EXCHANGE, 1);
    events.held(Held.EXCHANGE, 1);
    events.held(Held.EXCHANGE, -1);
    metrics.describe("1.2.3", "epoll", "BoringSSL", 600);

    PrometheusText text = PrometheusText.parse(metrics.scrape());

    assertThat(text.value("apf_proxy_responses_total", Map.of("code", "200"))).isEqualTo(2);
    assertThat(text.value("apf_proxy_responses_total", Map.of("code", "429"))).isEqualTo(1);
    assertThat(text.value("apf_proxy_responses_total", Map.of("code", "other"))).isEqualTo(1);
    assertThat(text.value("apf_proxy_refusals_total", Map.of("rule", "queue-full", "code", "429")))
        .isEqualTo(1);
    assertThat(
            text.value("apf_proxy_refusals_total", Map.of("rule", "pseudo-header", "code", "400")))
        .isEqualTo(1);
    assertThat(text.series("apf_proxy_responses_total")).as("a reset is no response").isEqualTo(3);
    assertThat(text.value("apf_proxy_aborts_total", Map.of("rule", "upstream-cut"))).isEqualTo(1);
    assertThat(text.value("apf_proxy_response_bytes_total", Map.of())).isEqualTo(1000);
    assertThat(text.value("apf_proxy_tunnels", Map.of())).isEqualTo(1);
    assertThat(text.value("apf_proxy_exchanges", Map.of())).isEqualTo(1);
    assertThat(text.value("apf_proxy_upstream_streams", Map.of())).isZero();
    assertThat(text.value("apf_proxy_server_limit_seats", Map.of())).isEqualTo(600);
    assertThat(
            text.value(
                "apf_proxy_transport_info", Map.of("transport", "epoll", "tls", "BoringSSL")))
        .isEqualTo(1);
    assertThat(text.labelNames("apf_proxy_build_info")).containsExactly("java_version", "version");
  }

  @Tag("L-75")
  @Test
  void tellsOfResponsesThatTheirClientsDoNotRead() {
    AtomicLong buffered = new AtomicLong(4_096);
    metrics.bindResponseBuffer(buffered::get);
    Reporter events = metrics.events();
    events.held(Held.BLOCKED_RESPONSE, 1);
    events.held(Held.BLOCKED_RESPONSE, 1);
    events.held(Held.BLOCKED_RESPONSE, -1);
    events.seatsReturnedEarly(2_500_000_000L);
    events.seatsReturnedEarly(500_000_000L);

    PrometheusText text = PrometheusText.parse(metrics.scrape());

    assertThat(text.value("apf_proxy_response_buffered_bytes", Map.of())).isEqualTo(4_096);
    assertThat(text.value("apf_proxy_blocked_responses", Map.of())).isEqualTo(1);
    assertThat(text.value("apf_proxy_seats_returned_early_seconds_total", Map.of())).isEqualTo(3);
  }

  @Tag("S79")
  @Test
  void boundsTheNumberOfRules() {
    for (int i = 0; i < 1000; i++) {
      Account refused = answered(400);
      refused.refused(new RefusedException(400, "BadRequest", "rule-" + i, "message"));
      metrics.events().answered(refused);
    }

    PrometheusText text = PrometheusText.parse(metrics.scrape());

    assertThat(text.series("apf_proxy_refusals_total")).isLessThanOrEqualTo(201);
    assertThat(text.value("apf_proxy_refusals_total", Map.of("rule", "other", "code", "400")))
        .isEqualTo(800);
  }

  @Test
  void describesTheProcessAsPrometheusClientsDo() {
    PrometheusText text = PrometheusText.parse(metrics.scrape());

    assertThat(text.value("process_start_time_seconds", Map.of())).isPositive();
    assertThat(text.value("process_cpu_seconds_total", Map.of())).isPositive();
    assertThat(text.value("process_resident_memory_bytes", Map.of())).isGreaterThan(1 << 20);
    assertThat(text.value("process_open_fds", Map.of())).isPositive();
    assertThat(text.labelNames("jvm_memory_used_bytes")).containsExactly("area", "id");
  }

  @Test
  void countsOverflowsThatNobodyElseHolds() {
    AtomicLong overflows = new AtomicLong(1);
    metrics.bindBound("watches-total", null, 20, () -> overflows.get());
    System.gc();
    overflows.set(2);
    assertThat(metrics.scrape())
        .contains("apf_proxy_bound_overflows_total{rule=\"watches-total\"} 2.0");
  }

  @Test
  void showsHowFullWhatClientsCanFillIs() {
    metrics.bindBound("connections-total", () -> 7, 20, () -> 3);
    metrics.bindBound("new-connections-of-address", null, 100, () -> 4);
    assertThat(metrics.scrape().lines())
        .contains(
            "apf_proxy_bound_used{rule=\"connections-total\"} 7.0",
            "apf_proxy_bound_limit{rule=\"connections-total\"} 20.0",
            "apf_proxy_bound_overflows_total{rule=\"connections-total\"} 3.0",
            "apf_proxy_bound_limit{rule=\"new-connections-of-address\"} 100.0",
            "apf_proxy_bound_overflows_total{rule=\"new-connections-of-address\"} 4.0")
        .noneMatch(line -> line.startsWith("apf_proxy_bound_used{rule=\"new"));
  }

  @Test
  void keepsProxiesInOneProcessApart() {
    try (ProxyMetrics other = new ProxyMetrics()) {
      other.events().answered(answered(200));

      assertThat(metrics.scrape()).doesNotContain("apf_proxy_responses_total{");
    }
  }
}
