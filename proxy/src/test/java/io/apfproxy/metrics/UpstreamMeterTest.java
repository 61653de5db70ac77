package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How soon upstream answers, by kind. Specification seeing.md V-110. */
class UpstreamMeterTest {
  private static final String SERIES = "apf_proxy_upstream_response_seconds";
  private static final String PODS = "/api/v1/pods";

  private final ProxyMetrics metrics = new ProxyMetrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  /** Sent at 1 s, if it was. */
  private Account sent(String method, String target) throws RefusedException {
    Account account = new Account(0, "id", "192.0.2.1", method, target, null);
    account.understood(RequestInfoParser.parse(method, RequestTarget.parse(target)));
    account.sent(Duration.ofSeconds(1).toNanos());
    return account;
  }

  private void answer(Account account, int code) {
    account.answered(code, Duration.ofMillis(1450).toNanos());
    metrics.events().answered(account);
  }

  private double number(String kind) {
    return PrometheusText.parse(metrics.scrape())
        .value(SERIES + "_count", Map.of("request_kind", kind));
  }

  @Test
  void measuresFromDispatchToTheHead() throws RefusedException {
    answer(sent("GET", PODS), 200);
    answer(sent("POST", "/api/v1/namespaces/a/pods"), 503);

    PrometheusText text = PrometheusText.parse(metrics.scrape());

    for (String kind : new String[] {"readOnly", "mutating"}) {
      assertThat(text.value(SERIES + "_sum", Map.of("request_kind", kind))).isEqualTo(0.45);
      assertThat(text.value(SERIES + "_bucket", Map.of("request_kind", kind, "le", "0.4")))
          .isZero();
      assertThat(text.value(SERIES + "_bucket", Map.of("request_kind", kind, "le", "0.6")))
          .isEqualTo(1);
    }
    assertThat(text.upperBounds(SERIES)).hasSize(24).startsWith(0.005, 0.025).contains(60.0);
    assertThat(text.labelNames(SERIES)).containsExactly("request_kind");
  }

  @Test
  void countsATimeOutWithTheTimeItTook() throws RefusedException {
    Account late = sent("GET", PODS);
    late.refused(new RefusedException(504, "Timeout", "deadline", "too late"));
    answer(late, 504);

    assertThat(number("readOnly")).isEqualTo(1);
  }

  @Test
  void leavesOutWhatSaysNothingOfTheServer() throws RefusedException {
    Account refused = new Account(0, "id", "192.0.2.1", "GET", PODS, null);
    refused.understood(RequestInfoParser.parse("GET", RequestTarget.parse(PODS)));
    refused.refused(new RefusedException(504, "Timeout", "deadline", "waited too long"));
    answer(refused, 504);
    Account unreachable = sent("GET", PODS);
    unreachable.refused(new RefusedException(502, "BadGateway", "upstream", "gone"));
    answer(unreachable, 502);
    answer(sent("GET", PODS + "?watch=true"), 200);
    answer(sent("GET", "/api/v1/namespaces/a/pods/b/log?follow=true"), 200);
    Account reset = sent("GET", PODS);
    metrics.events().answered(reset);
    metrics.events().answered(new Account(0, "id", "192.0.2.1", "GET", "/", null));

    assertThat(number("readOnly")).isZero();
    assertThat(number("mutating")).isZero();
  }
}
