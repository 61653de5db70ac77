package io.apfproxy.metrics;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the requests of the break-glass listener. Thread-safe. */
final class BreakGlassMeters implements Reporter {
  /*
   * A watch may last for hours, and its use is to be seen when it begins: so what is answered is
   * counted then, and only the rest at its end. Codes are few: those that servers send.
   */
  private static final String UNANSWERED = "none";
  private static final int MOST_CODES = 100;

  private final MeterRegistry registry;
  private final Map<String, Counter> codes = new ConcurrentHashMap<>();

  BreakGlassMeters(MeterRegistry registry) {
    this.registry = registry;
    counter("200"); // there from the beginning, or nobody could see the first one come
  }

  private Counter counter(String code) {
    String label = codes.size() < MOST_CODES || codes.containsKey(code) ? code : "other";
    return codes.computeIfAbsent(
        label,
        key ->
            Counter.builder(ProxyMeterName.BREAK_GLASS_REQUESTS.meterName())
                .description(ProxyMeterName.BREAK_GLASS_REQUESTS.help())
                .tag("code", key)
                .register(registry));
  }

  @Override
  public void answered(Account account) {
    if (account.code() > 0) {
      counter(String.valueOf(account.code())).increment();
    }
  }

  @Override
  public void ended(Account account) {
    if (account.code() == 0) {
      counter(UNANSWERED).increment();
    }
  }
}
