package io.apfproxy.demo;

import io.apfproxy.fixtures.load.LoadReport;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Both phases side by side. */
final class ResultTable {
  /** Less is noise of the machine. */
  private static final double CLEAR_FACTOR = 2;

  /** Of so many mice's requests one may come to nothing. */
  private static final long MOST_LOST = 100;

  private ResultTable() {}

  static List<String> of(Phase without, Phase with) {
    return List.of(
        "",
        Text.format("%-31s%24s%24s", "", "without flow control", "with flow control"),
        "-".repeat(79),
        row("mice      p50", without, with, p -> Text.percentile(p.mice(), 50)),
        row("          p99", without, with, p -> Text.percentile(p.mice(), 99)),
        row("          answered a second", without, with, p -> rate(p.mice(), p.passed())),
        row("          rejected or failed", without, with, p -> lost(p.mice())),
        row("          unanswered at the end", without, with, p -> inFlight(p.mice())),
        row("elephant  p50", without, with, p -> Text.percentile(p.elephant(), 50)),
        row("          p99", without, with, p -> Text.percentile(p.elephant(), 99)),
        row("          answered a second", without, with, p -> rate(p.elephant(), p.passed())),
        row("          rejected or failed", without, with, p -> lost(p.elephant())),
        row("server    longest queue", without, with, p -> Integer.toString(p.longestQueue())),
        "-".repeat(79),
        verdict(without.mice(), with.mice()));
  }

  private static String row(String name, Phase without, Phase with, Function<Phase, String> value) {
    return Text.format("%-31s%24s%24s", name, value.apply(without), value.apply(with));
  }

  private static String rate(LoadReport report, Duration time) {
    return Text.format("%.1f", report.succeeded() * 1000.0 / time.toMillis());
  }

  private static String lost(LoadReport report) {
    return Long.toString(report.rejected() + report.failures());
  }

  private static String inFlight(LoadReport report) {
    return Long.toString(report.inFlight());
  }

  private static String verdict(LoadReport without, LoadReport with) {
    long lost = with.rejected() + with.failures();
    if (lost * MOST_LOST > with.succeeded()) {
      return Text.format(
          "Verdict: the mice are not protected, %d of their requests came to nothing.", lost);
    }
    double before = without.percentile(99).toNanos();
    double after = Math.max(1, with.percentile(99).toNanos());
    double factor = before / after;
    if (factor < CLEAR_FACTOR) {
      return "Verdict: no clear difference for the mice; is the machine too busy?";
    }
    return Text.format(
        "Verdict: with flow control the mice are protected: their p99 is %s %.0f times shorter.",
        without.isLowerBound(99) ? "at least" : "about", Math.floor(factor));
  }
}
