package io.apfproxy.whole;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The results as tables, for people. Figures are medians of the rounds, in brackets their spread.
 */
final class MarkdownReport {
  private static final String NOTHING = "–";
  private static final double KIBIBYTE = 1024;
  private static final double MEBIBYTE = 1024 * 1024;

  private final Results results;
  private final String title;
  private final String warmLow;

  /**
   * @param title one line: when and where
   * @param warmLow name of the warm load that the cold one is compared with
   */
  MarkdownReport(Results results, String title, String warmLow) {
    this.results = results;
    this.title = title;
    this.warmLow = warmLow;
  }

  /** All tables. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(title);
    lines.add("");
    results.fronts().forEach((front, version) -> lines.add("* " + front + ": " + version));
    results.absent().forEach((front, why) -> lines.add("* " + front + ": " + why));
    lines.add("");
    loads(lines);
    lines.add("");
    starts(lines);
    lines.add("");
    idle(lines);
    return String.join("\n", lines) + "\n";
  }

  private void loads(List<String> lines) {
    row(
        lines,
        "Load",
        "Front",
        "CPU µs/request",
        "× HAProxy",
        "requests/s",
        "p50 ms",
        "p50 − direct",
        "p99 ms",
        "p99.9 ms",
        "RSS MiB",
        "failed");
    rule(lines, 11);
    for (String load : results.loads()) {
      for (String front : results.fronts().keySet()) {
        Optional<Spread> cpu =
            results.of(front, load, Figures::cpuMicros).filter(MarkdownReport::isKnown);
        row(
            lines,
            load,
            front,
            spread(cpu, 1, 0),
            ratio(
                cpu,
                results
                    .of(Fronts.HAPROXY, load, Figures::cpuMicros)
                    .filter(MarkdownReport::isKnown)),
            median(results.of(front, load, Figures::perSecond), 1, 0),
            median(results.of(front, load, Figures::p50Millis), 1, 2),
            added(front, load),
            spread(results.of(front, load, Figures::p99Millis), 1, 1),
            median(results.of(front, load, Figures::p999Millis), 1, 1),
            median(results.resident(front, load).filter(MarkdownReport::isKnown), MEBIBYTE, 0),
            Long.toString(results.failed(front, load)));
      }
      for (String front : results.absent().keySet()) {
        row(lines, load, front, results.absent().get(front), "", "", "", "", "", "", "", "");
      }
    }
  }

  private void starts(List<String> lines) {
    row(
        lines,
        "Front",
        "start to ready s",
        "CPU until then s",
        "RSS then MiB",
        "first requests",
        "CPU µs/request",
        "× warm",
        "p99 ms",
        "× warm");
    rule(lines, 9);
    for (String front : results.fronts().keySet()) {
      Optional<Spread> cpu = ofFirst(front, Figures::cpuMicros).filter(MarkdownReport::isKnown);
      Optional<Spread> ready = results.ofStarts(front, Results.Start::readySeconds);
      if (ready.isPresent()) {
        row(
            lines,
            front,
            spread(ready, 1, 2),
            median(results.ofStarts(front, Results.Start::cpuSeconds), 1, 2),
            median(results.ofStarts(front, Results.Start::residentBytes), MEBIBYTE, 0),
            median(ofFirst(front, Figures::requests), 1, 0),
            spread(cpu, 1, 0),
            ratio(cpu, results.of(front, warmLow, Figures::cpuMicros)),
            spread(ofFirst(front, Figures::p99Millis), 1, 1),
            ratio(
                ofFirst(front, Figures::p99Millis),
                results.of(front, warmLow, Figures::p99Millis)));
      }
    }
  }

  private Optional<Spread> ofFirst(String front, ToDoubleFunction<Figures> figure) {
    return results.ofStarts(front, start -> figure.applyAsDouble(start.first()));
  }

  private void idle(List<String> lines) {
    row(lines, "Front", "idle watches", "RSS KiB each", "heap KiB each");
    rule(lines, 4);
    for (String front : results.fronts().keySet()) {
      Optional<Spread> resident = results.residentPerWatch(front);
      if (resident.isPresent()) {
        row(
            lines,
            front,
            results.idle().stream()
                .filter(one -> one.front().equals(front))
                .map(one -> Long.toString(one.watches()))
                .distinct()
                .reduce((some, more) -> some + ", " + more)
                .orElse(NOTHING),
            spread(resident, KIBIBYTE, 1),
            spread(results.heapPerWatch(front), KIBIBYTE, 1));
      }
    }
  }

  private String added(String front, String load) {
    Optional<Spread> direct = results.of(Fronts.DIRECT, load, Figures::p50Millis);
    Optional<Spread> own = results.of(front, load, Figures::p50Millis);
    return direct.isEmpty() || own.isEmpty() || front.equals(Fronts.DIRECT)
        ? NOTHING
        : String.format(Locale.ROOT, "%+.2f", own.get().median() - direct.get().median());
  }

  /** No process has a CPU time or a size of 0. */
  private static boolean isKnown(Spread spread) {
    return spread.most() > 0;
  }

  private static String ratio(Optional<Spread> one, Optional<Spread> other) {
    return one.isEmpty() || other.isEmpty() || other.get().median() == 0
        ? NOTHING
        : String.format(Locale.ROOT, "%.2f", one.get().median() / other.get().median());
  }

  private static String median(Optional<Spread> spread, double unit, int digits) {
    return spread.map(some -> number(some.median(), unit, digits)).orElse(NOTHING);
  }

  private static String spread(Optional<Spread> spread, double unit, int digits) {
    return spread.map(some -> some.text(unit, digits)).orElse(NOTHING);
  }

  private static String number(double value, double unit, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value / unit);
  }

  private static void row(List<String> lines, String... cells) {
    lines.add("| " + String.join(" | ", cells) + " |");
  }

  private static void rule(List<String> lines, int cells) {
    lines.add("| " + "--- | ".repeat(cells).strip());
  }
}
