package io.apfproxy.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them in flags: {@code 1m30s}, {@code 1.5h}, {@code 300ms}, {@code 0}. */
final class GoDuration {
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ms|[hms])");
  private static final Map<String, BigDecimal> NANOS =
      Map.of(
          "h", new BigDecimal("3600000000000"),
          "m", new BigDecimal("60000000000"),
          "s", new BigDecimal("1000000000"),
          "ms", new BigDecimal("1000000"));

  private GoDuration() {}

  /**
   * Reads a duration that is not negative; shorter units than milliseconds make no sense in flags.
   */
  static Optional<Duration> parse(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher part = PART.matcher(text);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (end < text.length() && part.find(end) && part.start() == end) {
      nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit(part.group(2))));
      end = part.end();
    }
    if (end == 0 || end < text.length() || nanos.precision() - nanos.scale() > 18) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(nanos.longValue()));
  }

  private static BigDecimal unit(String name) {
    return NANOS.getOrDefault(name, BigDecimal.ONE);
  }
}
