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

  /** 2^63, which only a negative one reaches. */
  private static final long LARGEST = Long.MIN_VALUE;

  private GoDuration() {}

  /**
   * @return nanoseconds, cut towards zero; empty if the text is no duration or does not fit a long
   */
  public static OptionalLong parse(String text) {
    return new Reading(text).duration();
  }

  /**
   * Reads one text from left to right: a sign, then numbers with their units. All but the sign is
   * unsigned, and at most 2^63.
   */
  private static final class Reading {
    private static final OptionalLong NONE = OptionalLong.empty();

    private final String text;
    private int at;

    Reading(String text) {
      this.text = text;
    }

    OptionalLong duration() {
      boolean negative = next('-');
      if (!negative) {
        next('+');
      }
      if (at == text.length()) {
        return NONE;
      }
      if (at == text.length() - 1 && text.charAt(at) == '0') {
        return OptionalLong.of(0); // the only one without a unit
      }
      long total = 0;
      while (at < text.length()) {
        OptionalLong value = value();
        if (value.isEmpty()) {
          return NONE;
        }
        total += value.getAsLong();
        if (isTooLarge(total)) {
          return NONE;
        }
      }
      if (negative) {
        return OptionalLong.of(-total);
      }
      return total < 0 ? NONE : OptionalLong.of(total);
    }

    /** Of one number with its unit. */
    private OptionalLong value() {
      int begin = at;
      OptionalLong whole = whole();
      boolean hasDigits = at > begin;
      long fraction = 0;
      double scale = 1;
      if (next('.')) {
        begin = at;
        boolean full = false;
        for (; isAtDigit(); at++) {
          // digits beyond the precision of a long are read and ignored
          full |= fraction > (Long.MAX_VALUE - 9) / 10;
          if (!full) {
            fraction = fraction * 10 + digit();
            scale *= 10;
          }
        }
        hasDigits |= at > begin;
      }
      long unit = nanosOf(unit());
      if (whole.isEmpty()
          || !hasDigits
          || unit == 0
          || Long.compareUnsigned(whole.getAsLong(), Long.divideUnsigned(LARGEST, unit)) > 0) {
        return NONE;
      }
      long value = whole.getAsLong() * unit + (long) (fraction * (unit / scale));
      return isTooLarge(value) ? NONE : OptionalLong.of(value);
    }

    /** What stands before the point, 0 if that is nothing; empty if it is too large. */
    private OptionalLong whole() {
      long whole = 0;
      for (; isAtDigit(); at++) {
        if (Long.compareUnsigned(whole, Long.divideUnsigned(LARGEST, 10)) > 0) {
          return NONE;
        }
        whole = whole * 10 + digit();
        if (isTooLarge(whole)) {
          return NONE;
        }
      }
      return OptionalLong.of(whole);
    }

    private String unit() {
      int begin = at;
      while (at < text.length() && text.charAt(at) != '.' && !isAtDigit()) {
        at++;
      }
      return text.substring(begin, at);
    }

    /** Reads this if it comes next. */
    private boolean next(char expected) {
      boolean is = at < text.length() && text.charAt(at) == expected;
      if (is) {
        at++;
      }
      return is;
    }

    private boolean isAtDigit() {
      return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    private int digit() {
      return text.charAt(at) - '0';
    }

    private static boolean isTooLarge(long unsigned) {
      return Long.compareUnsigned(unsigned, LARGEST) > 0;
    }
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
