package io.apfproxy.metrics;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Counts the requests of the break-glass listener. Thread-safe. */
final class BreakGlassMeters implements Reporter {
  /*
   * A watch may last for hours, and its use is to be seen when it begins: so what is answered is
   * counted then, and only the rest at its end. All series are there from the start, as Prometheus
   * sees no increase in one that begins with the first request.
   */
  private final Map<String, Counter> codes;
  private final Counter others;
  private final Counter unanswered;

  BreakGlassMeters(MeterRegistry registry) {
    codes =
        Stream.of(
                "101", "200", "201", "202", "204", "304", "400", "401", "403", "404", "405", "409",
                "410", "413", "415", "422", "429", "500", "502", "503", "504")
            .collect(Collectors.toUnmodifiableMap(Function.identity(), of -> meter(registry, of)));
    others = meter(registry, "other");
    unanswered = meter(registry, "none");
  }

  private static Counter meter(MeterRegistry registry, String code) {
    return Counter.builder(ProxyMeterName.BREAK_GLASS_REQUESTS.meterName())
        .description(ProxyMeterName.BREAK_GLASS_REQUESTS.help())
        .tag("code", code)
        .register(registry);
  }

  @Override
  public void answered(Account account) {
    if (account.code() > 0) {
      codes.getOrDefault(String.valueOf(account.code()), others).increment();
    }
  }

  @Override
  public void ended(Account account) {
    if (account.code() == 0) {
      unanswered.increment();
    }
  }
}
