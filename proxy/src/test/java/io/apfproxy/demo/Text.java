package io.apfproxy.demo;

import io.apfproxy.fixtures.load.LoadReport;
import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Text {
  private Text() {}

  /** A latency with two digits that count; {@code >} before one that was still growing. */
  static String percentile(LoadReport report, double percent) {
    if (report.latencyMicros().getTotalCount() == 0) {
      return "-";
    }
    String bound = report.isLowerBound(percent) ? "> " : "";
    return bound + duration(report.percentile(percent));
  }

  static String duration(Duration duration) {
    double millis = duration.toNanos() / 1e6;
    if (millis < 10) {
      return format("%.1f ms", millis);
    }
    return millis < 1000 ? format("%.0f ms", millis) : format("%.1f s", millis / 1000);
  }

  static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form, values);
  }
}
