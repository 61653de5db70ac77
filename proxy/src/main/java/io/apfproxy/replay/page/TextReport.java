package io.apfproxy.replay.page;

import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.figures.ThrottledRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A report for people at a terminal. Source: specification seeing.md V-54. */
public final class TextReport {
  private static final int LONGEST_NAME = 48;
  private static final String BEFORE = "old";
  private static final String AFTER = "new";

  private final Report report;
  private final int limit;
  private final StringBuilder text = new StringBuilder();

  private TextReport(Report report, int limit) {
    this.report = report;
    this.limit = limit;
  }

  /**
   * Writes it.
   *
   * @param limit rows of flows, and of each who is throttled
   */
  public static String of(Report report, int limit) {
    TextReport written = new TextReport(report, limit);
    written.head();
    written.levels();
    written.changes("SCHEMA", Change.schemas(report));
    written.changes("FLOW", Change.flows(report, limit));
    written.throttled();
    written.moves();
    return written.text.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }

  private void head() {
    line(
        Words.name(report.title(), Integer.MAX_VALUE)
            + ": "
            + Words.span(report.seconds())
            + " in virtual time, without the first "
            + Words.span(report.warmUpSeconds()));
    Outcome before = report.before();
    line(
        "seats "
            + (before == null ? "" : before.seats() + " old, ")
            + report.after().seats()
            + (before == null ? "" : " new"));
    line(
        report.amounts().stream()
            .filter(amount -> amount.number() > 0)
            .map(amount -> amount.what() + " " + amount.number())
            .collect(Collectors.joining(", ")));
    report
        .cautions()
        .forEach(caution -> line("caution: " + Words.name(caution, Integer.MAX_VALUE)));
  }

  private void section(Table table) {
    if (!table.isEmpty()) {
      line("");
      text.append(table);
    }
  }

  private void levels() {
    Outcome before = report.before();
    Table table =
        new Table(
            2,
            1,
            "LEVEL",
            "",
            "REQUESTS",
            "WAITED",
            "P50",
            "P99",
            "MAX",
            "REFUSED",
            "SEATS",
            "PEAK",
            "NOMINAL",
            "LIMIT",
            "BORROWED",
            "WHY REFUSED");
    TreeMap<String, LevelRow> old = new TreeMap<>();
    TreeMap<String, LevelRow> fresh = new TreeMap<>();
    if (before != null) {
      before.levels().forEach(level -> old.put(level.name(), level));
    }
    report.after().levels().forEach(level -> fresh.put(level.name(), level));
    SortedSet<String> names = new TreeSet<>(fresh.keySet());
    names.addAll(old.keySet());
    for (String name : names) {
      if (before != null) {
        level(table, name, BEFORE, old.get(name));
      }
      level(table, before == null ? name : "", before == null ? "" : AFTER, fresh.get(name));
    }
    section(table);
  }

  private static void level(Table table, String name, String side, @Nullable LevelRow level) {
    List<String> cells = new ArrayList<>();
    cells.add(Words.name(name, LONGEST_NAME));
    cells.add(side);
    if (level == null) {
      cells.addAll(Collections.nCopies(12, "-"));
    } else {
      cells.addAll(counts(level.counts()));
      cells.add(Words.number(level.meanSeats()));
      cells.add(Integer.toString(level.peakSeats()));
      cells.add(level.exempt() ? "-" : Integer.toString(level.nominal()));
      cells.add(level.exempt() ? "-" : Words.number(level.meanLimit()));
      cells.add(level.exempt() ? "-" : Integer.toString(level.borrowedMost()));
      cells.add(why(level.counts()));
    }
    table.row(cells);
  }

  private static List<String> counts(Counts counts) {
    return List.of(
        Long.toString(counts.requests()),
        Words.percent(counts.waitedPercent()),
        Words.duration(counts.waitP50()),
        Words.duration(counts.waitP99()),
        Words.duration(counts.waitMax()),
        Long.toString(counts.refused()));
  }

  private static String why(Counts counts) {
    List<String> reasons = new ArrayList<>();
    reason(reasons, "queue-full", counts.queueFull());
    reason(reasons, "concurrency-limit", counts.concurrencyLimit());
    reason(reasons, "time-out", counts.timeOut());
    if (counts.repeated() > 0) {
      reasons.add("came again " + counts.repeated());
    }
    return reasons.isEmpty() ? "-" : String.join(", ", reasons);
  }

  private static void reason(List<String> reasons, String name, long number) {
    if (number > 0) {
      reasons.add(name + " " + number);
    }
  }

  private void changes(String what, List<Change> changes) {
    boolean flows = what.equals("FLOW");
    boolean compared = report.before() != null;
    Table table =
        new Table(
            flows ? 4 : 3, 0, header(flows, "LEVEL", "SCHEMA", "FLOW", "").toArray(String[]::new));
    for (Change change : changes) {
      if (compared) {
        table.row(row(flows, change, BEFORE, change.before()));
      }
      table.row(row(flows, change, compared ? AFTER : "", change.after()));
    }
    if (flows && !table.isEmpty()) {
      line("");
      line(
          (compared ? "flows that change most" : "flows most throttled")
              + ", "
              + limit
              + " at most:");
      text.append(table);
    } else {
      section(table);
    }
  }

  private static List<String> header(boolean flows, String... texts) {
    List<String> headings = new ArrayList<>(List.of(texts));
    if (!flows) {
      headings.remove("FLOW");
    }
    headings.addAll(List.of("REQUESTS", "WAITED", "P50", "P99", "MAX", "REFUSED", "SEAT-SECONDS"));
    return headings;
  }

  private static List<String> row(boolean flows, Change change, String side, Counts counts) {
    boolean second = side.equals(AFTER);
    List<String> cells = new ArrayList<>();
    cells.add(second ? "" : Words.name(change.key().level(), LONGEST_NAME));
    cells.add(second ? "" : Words.name(change.key().schema(), LONGEST_NAME));
    if (flows) {
      String flow = change.key().flow();
      cells.add(second ? "" : flow.isEmpty() ? "-" : Words.name(flow, LONGEST_NAME));
    }
    cells.add(side);
    cells.addAll(counts(counts));
    cells.add(Words.number(counts.seatSeconds()));
    return cells;
  }

  private void throttled() {
    report.after().throttled().forEach(this::throttled);
  }

  private void throttled(String by, List<ThrottledRow> rows) {
    if (rows.isEmpty()) {
      return;
    }
    Table table = new Table(1, 0, by.toUpperCase(Locale.ROOT), "WAITED", "REFUSED");
    rows.stream()
        .limit(limit)
        .forEach(
            row ->
                table.row(
                    List.of(
                        Words.name(row.key(), LONGEST_NAME),
                        (row.error() > 0 ? "~" : "") + row.waited(),
                        (row.error() > 0 ? "~" : "") + row.refused())));
    line("");
    line(Words.throttled(report.before() != null, by) + ":");
    text.append(table);
  }

  private void moves() {
    if (report.moves().isEmpty()) {
      return;
    }
    Table table = new Table(2, 0, "OLD SCHEMA", "NEW SCHEMA", "REQUESTS");
    report
        .moves()
        .forEach(
            move ->
                table.row(
                    List.of(
                        Words.name(move.before(), LONGEST_NAME),
                        Words.name(move.after(), LONGEST_NAME),
                        Long.toString(move.requests()))));
    line("");
    line("go elsewhere:");
    text.append(table);
  }
}
