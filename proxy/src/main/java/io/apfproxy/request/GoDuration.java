package io.apfproxy.request;

import java.util.OptionalLong;

/**
 * Durations as Go reads and writes them, such as {@code 1h15m30.5s}. Source: Go, time.ParseDuration
 * and time.Duration.String.
 */
public final class GoDuration {
  private static final long MICROSECOND = 1_000;
  private static final long MILLISECOND = 1_000_000;
  private static final long SECOND = 1_000_000_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private GoDuration() {}

  /**
   * @return nanoseconds, cut towards zero; empty if the text is no duration or does not fit a long
   */
  public static OptionalLong parse(String text) {
    int at = 0;
    boolean negative = false;
    if (!text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+')) {
      negative = text.charAt(0) == '-';
      at = 1;
    }
    if (text.length() == at + 1 && text.charAt(at) == '0') {
      return OptionalLong.of(0);
    }
    if (text.length() == at) {
      return OptionalLong.empty();
    }
    long total = 0; // unsigned, at most 2^63
    while (at < text.length()) {
      int digits = at;
      long whole = 0;
      while (at < text.length() && isDigit(text.charAt(at))) {
        if (Long.compareUnsigned(whole, Long.MIN_VALUE / -10) > 0) {
          return OptionalLong.empty();
        }
        whole = whole * 10 + (text.charAt(at) - '0');
        if (Long.compareUnsigned(whole, Long.MIN_VALUE) > 0) {
          return OptionalLong.empty();
        }
        at++;
      }
      boolean hasDigits = at > digits;
      long fraction = 0;
      double scale = 1;
      if (at < text.length() && text.charAt(at) == '.') {
        at++;
        int first = at;
        boolean full = false;
        while (at < text.length() && isDigit(text.charAt(at))) {
          // digits beyond the precision of a long are read and ignored
          full |= fraction > (Long.MAX_VALUE - 9) / 10;
          if (!full) {
            fraction = fraction * 10 + (text.charAt(at) - '0');
            scale *= 10;
          }
          at++;
        }
        hasDigits |= at > first;
      }
      if (!hasDigits) {
        return OptionalLong.empty();
      }
      int unitStart = at;
      while (at < text.length() && text.charAt(at) != '.' && !isDigit(text.charAt(at))) {
        at++;
      }
      long unit = nanosOf(text.substring(unitStart, at));
      if (unit == 0 || Long.compareUnsigned(whole, Long.divideUnsigned(Long.MIN_VALUE, unit)) > 0) {
        return OptionalLong.empty();
      }
      long value = whole * unit + (long) (fraction * (unit / scale));
      if (Long.compareUnsigned(value, Long.MIN_VALUE) > 0) {
        return OptionalLong.empty();
      }
      total += value;
      if (Long.compareUnsigned(total, Long.MIN_VALUE) > 0) {
        return OptionalLong.empty();
      }
    }
    if (negative) {
      return OptionalLong.of(-total);
    }
    return total < 0 ? OptionalLong.empty() : OptionalLong.of(total);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** Nanoseconds of a unit; 0 if there is no such unit. */
  private static long nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "us", "\u00B5s", "\u03BCs" -> MICROSECOND;
      case "ms" -> MILLISECOND;
      case "s" -> SECOND;
      case "m" -> MINUTE;
      case "h" -> HOUR;
      default -> 0L;
    };
  }

  /**
   * As {@code Duration.String} writes it: {@code 0s}, {@code 5ms}, {@code 1m1.5s}.
   *
   * @param nanos at least 0
   */
  public static String text(long nanos) {
    StringBuilder text = new StringBuilder();
    append(nanos, text);
    return text.toString();
  }

  /**
   * The same, for who writes many.
   *
   * @param text where it is added
   */
  public static void append(long nanos, StringBuilder text) {
    if (nanos == 0) {
      text.append("0s");
    } else if (nanos < MICROSECOND) {
      text.append(nanos).append("ns");
    } else if (nanos < MILLISECOND) {
      decimal(nanos, MICROSECOND, text).append("µs");
    } else if (nanos < SECOND) {
      decimal(nanos, MILLISECOND, text).append("ms");
    } else {
      if (nanos >= HOUR) {
        text.append(nanos / HOUR).append('h');
      }
      if (nanos >= MINUTE) {
        text.append(nanos % HOUR / MINUTE).append('m');
      }
      decimal(nanos % MINUTE, SECOND, text).append('s');
    }
  }

  /** In a unit that is a power of ten, without zeros at the end of the fraction. */
  private static StringBuilder decimal(long nanos, long unit, StringBuilder text) {
    text.append(nanos / unit);
    long rest = nanos % unit;
    if (rest > 0) {
      text.append('.');
    }
    for (long digit = unit / 10; rest > 0; digit /= 10) {
      text.append((char) ('0' + rest / digit));
      rest %= digit;
    }
    return text;
  }
}
