package io.apfproxy.flowcontrol;

import java.math.BigDecimal;

/**
 * Durations as Go's {@code Duration.String} writes them: {@code 0s}, {@code 5ms}, {@code 1m1.5s}.
 */
final class GoDurationText {
  private static final long MICROSECOND = 1_000;
  private static final long MILLISECOND = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private GoDurationText() {}

  /**
   * @param nanos at least 0
   */
  static String of(long nanos) {
    if (nanos == 0) {
      return "0s";
    }
    if (nanos < MICROSECOND) {
      return nanos + "ns";
    }
    if (nanos < MILLISECOND) {
      return decimal(nanos, 3) + "µs";
    }
    if (nanos < SECOND) {
      return decimal(nanos, 6) + "ms";
    }
    String seconds = decimal(nanos % MINUTE, 9) + "s";
    if (nanos < MINUTE) {
      return seconds;
    }
    String minutes = nanos % HOUR / MINUTE + "m" + seconds;
    return nanos < HOUR ? minutes : nanos / HOUR + "h" + minutes;
  }

  private static String decimal(long nanos, int scale) {
    BigDecimal value = BigDecimal.valueOf(nanos, scale);
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
  }
}
