package io.apfproxy.replay.page;

import io.apfproxy.report.ShownText;
import java.util.Locale;

/** Figures as people read them. */
final class Words {
  private static final double MICRO = 1e3;
  private static final double MILLI = 1e6;
  private static final double SECOND = 1e9;

  private Words() {}

  /** A duration to two or three digits: {@code 0}, {@code 250us}, {@code 1.2s}, {@code 75s}. */
  static String duration(long nanos) {
    if (nanos == 0) {
      return "0";
    }
    if (nanos < MILLI) {
      return digits(Math.max(1, nanos / MICRO)) + "us";
    }
    return nanos < SECOND ? digits(nanos / MILLI) + "ms" : digits(nanos / SECOND) + "s";
  }

  /** Two digits below ten, whole from there on. */
  private static String digits(double number) {
    return String.format(Locale.ROOT, number < 9.95 ? "%.1f" : "%.0f", number)
        .replaceFirst("\\.0$", "");
  }

  /** A part in percent, to a tenth; what is above nothing is never shown as nothing. */
  static String percent(double percent) {
    if (percent > 0 && percent < 0.05) {
      return "<0.1%";
    }
    return String.format(Locale.ROOT, "%.1f%%", percent);
  }

  /** To a tenth. */
  static String number(double number) {
    return String.format(Locale.ROOT, "%.1f", number);
  }

  /** Whole seconds as {@code 1h5m}, {@code 10m}, {@code 90.5s}. */
  static String span(double seconds) {
    if (seconds != Math.rint(seconds)) {
      return number(seconds) + "s";
    }
    long whole = (long) seconds;
    String text =
        (whole >= 3600 ? whole / 3600 + "h" : "")
            + (whole / 60 % 60 > 0 ? whole / 60 % 60 + "m" : "")
            + (whole % 60 > 0 ? whole % 60 + "s" : "");
    return text.isEmpty() ? "0s" : text;
  }

  /** Heading of who is throttled; the old configuration has none of its own. */
  static String throttled(boolean compared, String by) {
    return "throttled" + (compared ? " under the new one" : "") + ", by " + by;
  }

  /** As it may be shown, cut in the middle. */
  static String name(String name, int most) {
    String text = ShownText.of(name, Integer.MAX_VALUE);
    if (text.length() <= most) {
      return text;
    }
    int half = (most - 1) / 2;
    return text.substring(0, most - 1 - half) + "…" + text.substring(text.length() - half);
  }
}
