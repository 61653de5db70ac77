package io.apfproxy.demo;

import io.apfproxy.fixtures.load.LoadReport;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Both phases side by side. */
final class ResultTable {
  private ResultTable() {}

  static List<String> of(Phase without, Phase with, Duration phase) {
    return List.of(
        "",
        Text.format("%-36s%22s%22s", "", "without flow control", "with flow control"),
        "-".repeat(80),
        row("mice      p50", without, with, p -> Text.percentile(p.mice(), 50)),
        row("          p99", without, with, p -> Text.percentile(p.mice(), 99)),
        row("          answered a second", without, with, p -> rate(p.mice(), phase)),
        row("          rejected or failed", without, with, p -> lost(p.mice())),
        row("elephant  p50", without, with, p -> Text.percentile(p.elephant(), 50)),
        row("          p99", without, with, p -> Text.percentile(p.elephant(), 99)),
        row("          lists a second", without, with, p -> rate(p.elephant(), phase)),
        row("          rejected or failed", without, with, p -> lost(p.elephant())),
        row("server    longest queue", without, with, p -> Integer.toString(p.longestQueue())),
        "-".repeat(80),
        verdict(without.mice(), with.mice()));
  }

  private static String row(String name, Phase without, Phase with, Function<Phase, String> value) {
    return Text.format("%-36s%22s%22s", name, value.apply(without), value.apply(with));
  }

  private static String rate(LoadReport report, Duration phase) {
    return Text.format("%.1f", report.succeeded() * 1000.0 / phase.toMillis());
  }

  private static String lost(LoadReport report) {
    return Long.toString(report.rejected() + report.failures());
  }

  private static String verdict(LoadReport without, LoadReport with) {
    double before = without.percentile(99).toNanos();
    double after = Math.max(1, with.percentile(99).toNanos());
    return Text.format(
        "Without flow control the p99 of the mice was %s%.1f times as long.",
        without.isLowerBound(99) ? "more than " : "", before / after);
  }
}
