package io.apfproxy.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Account;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Requests of the break-glass listener (L-84)")
class BreakGlassMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final BreakGlassMeters meters = new BreakGlassMeters(registry);

  private void end(int code) {
    Account account = new Account(1, "id", "192.0.2.1", "GET", "/api", null);
    if (code > 0) {
      account.answered(code, 2);
      meters.answered(account);
    }
    meters.ended(account);
  }

  private double count(String code) {
    return registry.get("apf_proxy_break_glass_requests").tag("code", code).counter().count();
  }

  @Test
  void countsEachOnceByItsCode() {
    end(200);
    end(200);
    end(403);
    end(777);
    end(0);

    assertThat(count("200")).isEqualTo(2);
    assertThat(count("403")).isEqualTo(1);
    assertThat(count("other")).isEqualTo(1);
    assertThat(count("none")).isEqualTo(1);
  }

  /** Prometheus sees no increase in a series that begins with the first request. */
  @Test
  void hasAllSeriesBeforeTheFirstRequest() {
    int before = registry.getMeters().size();

    end(201);
    end(418);

    assertThat(registry.getMeters()).hasSize(before);
    assertThat(count("201")).isEqualTo(1);
  }
}
