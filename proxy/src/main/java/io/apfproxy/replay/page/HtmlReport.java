package io.apfproxy.replay.page;

import io.apfproxy.replay.figures.Amount;
import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.LevelRow;
import io.apfproxy.replay.figures.Move;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.figures.Series;
import io.apfproxy.replay.figures.ThrottledRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A report as one page that asks nobody for anything: no script, no file, no request. Source:
 * specification seeing.md V-55.
 */
public final class HtmlReport {
  /*
   * Pictures are drawn from the points that JSON has too; where there are many levels several points
   * become one, so that the page stays below 2 MB with 50 levels.
   */
  private static final int MOST_POINTS = 600;
  private static final int MOST_POINTS_IN_ALL = 8_000;
  private static final String BEFORE = "old";
  private static final String AFTER = "new";
  private static final String STYLE =
      """
      :root{color-scheme:light dark;--back:#fff;--fore:#1b1f24;--old:#a04000;--new:#0b5cad;--limit:#57606a;--line:#d0d7de}
      @media (prefers-color-scheme:dark){:root{--back:#0d1117;--fore:#e6edf3;--old:#f0a060;--new:#6cb6ff;--limit:#9aa4af;--line:#3d444d}}
      body{background:var(--back);color:var(--fore);font:14px/1.4 system-ui,sans-serif;margin:2em auto;max-width:90em;padding:0 1em}
      table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:1em 0;display:block;overflow-x:auto}
      caption{text-align:left;font-weight:600}
      th,td{text-align:left;padding:.2em .5em;border-bottom:1px solid var(--line);white-space:nowrap}
      th{white-space:normal;vertical-align:bottom}
      svg{width:100%;max-width:48em;height:auto;display:block}
      svg text{font-size:9px;fill:var(--fore)}
      path{fill:none;stroke-width:1.3}
      .axis{stroke:var(--line)}.old{stroke:var(--old);stroke-dasharray:4 2}.new{stroke:var(--new)}
      .limit{stroke:var(--limit);stroke-dasharray:1 3}.bar{fill:var(--new)}
      summary{cursor:pointer}
      """;

  private final Report report;
  private final int limit;
  private final StringBuilder html = new StringBuilder();

  private HtmlReport(Report report, int limit) {
    this.report = report;
    this.limit = limit;
  }

  /**
   * Writes it.
   *
   * @param reports one below the other
   * @param limit rows of flows, and of each who is throttled
   */
  public static String of(List<Report> reports, int limit) {
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    page.append("style-src 'unsafe-inline'\">\n<title>apf-proxy report</title>\n");
    page.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    reports.forEach(report -> page.append(new HtmlReport(report, limit).section()));
    return page.append("</body>\n</html>\n").toString();
  }

  private String section() {
    html.append("<h1>").append(Html.text(report.title())).append("</h1>\n<p>");
    html.append(Words.span(report.seconds())).append(" in virtual time, without the first ");
    html.append(Words.span(report.warmUpSeconds())).append("</p>\n");
    html.append(Html.table("requests", List.of("what", "number")));
    for (Amount amount : report.amounts()) {
      html.append(Html.row(List.of(amount.what(), Long.toString(amount.number()))));
    }
    html.append("</table>\n");
    report
        .cautions()
        .forEach(
            caution -> html.append("<p>caution: ").append(Html.text(caution)).append("</p>\n"));
    Outcome before = report.before();
    if (before != null) {
      levels(BEFORE, before);
    }
    levels(AFTER, report.after());
    pictures();
    changes("schemas", Change.schemas(report));
    changes("flows", Change.flows(report, limit));
    report.after().throttled().forEach(this::throttled);
    moves();
    return html.toString();
  }

  private void levels(String side, Outcome outcome) {
    html.append(
        Html.table(
            "levels, " + side + ", " + outcome.seats() + " seats",
            headings(
                List.of("level"),
                List.of("seats mean", "peak", "nominal", "limit mean", "borrowed"))));
    for (LevelRow level : outcome.levels()) {
      List<String> cells = new ArrayList<>(List.of(level.name()));
      cells.addAll(counts(level.counts()));
      cells.add(Words.number(level.meanSeats()));
      cells.add(Integer.toString(level.peakSeats()));
      cells.add(level.exempt() ? "-" : Integer.toString(level.nominal()));
      cells.add(level.exempt() ? "-" : Words.number(level.meanLimit()));
      cells.add(level.exempt() ? "-" : Integer.toString(level.borrowedMost()));
      html.append(Html.row(cells));
    }
    html.append("</table>\n");
  }

  private static List<String> headings(List<String> before, List<String> behind) {
    List<String> headings = new ArrayList<>(before);
    headings.addAll(
        List.of(
            "requests",
            "waited",
            "p50",
            "p99",
            "max",
            "queue-full",
            "concurrency-limit",
            "time-out",
            "came again",
            "seat-seconds"));
    headings.addAll(behind);
    return headings;
  }

  private static List<String> counts(Counts counts) {
    return List.of(
        Long.toString(counts.requests()),
        Long.toString(counts.waited()),
        Words.duration(counts.waitP50()),
        Words.duration(counts.waitP99()),
        Words.duration(counts.waitMax()),
        Long.toString(counts.queueFull()),
        Long.toString(counts.concurrencyLimit()),
        Long.toString(counts.timeOut()),
        Long.toString(counts.repeated()),
        Words.number(counts.seatSeconds()));
  }

  private void pictures() {
    SortedMap<String, LevelRow> old = new TreeMap<>();
    Outcome before = report.before();
    if (before != null) {
      before.levels().forEach(level -> old.put(level.name(), level));
    }
    List<LevelRow> busy =
        report.after().levels().stream()
            .filter(level -> level.counts().requests() > 0 || busy(old.get(level.name())))
            .toList();
    int points = Math.min(MOST_POINTS, MOST_POINTS_IN_ALL / Math.max(1, busy.size()));
    html.append("<p>Pictures: ");
    html.append(
        before == null
            ? "the limit is dotted"
            : "old is dashed, the limit of the new one is dotted");
    html.append(".</p>\n");
    busy.forEach(level -> pictures(level, old.get(level.name()), Math.max(1, points)));
  }

  private static boolean busy(@Nullable LevelRow level) {
    return level != null && level.counts().requests() > 0;
  }

  private void pictures(LevelRow level, @Nullable LevelRow old, int points) {
    double seconds = report.after().seconds();
    Map<String, double[]> columns = new LinkedHashMap<>();
    Series fresh = level.series();
    Series past = old == null ? null : old.series();
    html.append("<h2>").append(Html.text(level.name())).append("</h2>\n");
    Picture waits = new Picture(level.name() + ": wait, p99", "s");
    Picture refused = new Picture(level.name() + ": refused a second", "/s");
    Picture seats = new Picture(level.name() + ": seats, and the limit", "");
    if (past != null) {
      draw(waits, columns, BEFORE, "wait p99 old", merged(past.waitP99(), points));
      draw(refused, columns, BEFORE, "refused/s old", merged(past.refused(), points));
      draw(seats, columns, BEFORE, "seats old", merged(past.seats(), points));
    }
    draw(waits, columns, AFTER, "wait p99", merged(fresh.waitP99(), points));
    draw(refused, columns, AFTER, "refused/s", merged(fresh.refused(), points));
    draw(seats, columns, AFTER, "seats", merged(fresh.seats(), points));
    if (!level.exempt()) {
      draw(seats, columns, "limit", "limit", merged(fresh.limits(), points));
    }
    for (Picture picture : List.of(waits, refused, seats)) {
      html.append("<p>").append(picture.caption()).append("</p>\n");
      html.append(picture.svg(seconds)).append('\n');
    }
    points(level.name(), columns, fresh.seconds() * each(fresh.seats(), points));
  }

  private static void draw(
      Picture picture, Map<String, double[]> columns, String style, String name, double[] points) {
    picture.line(style, name, points);
    columns.put(name, points);
  }

  /** The most of as many neighbours as it takes: no peak is lost. */
  private static double[] merged(double[] all, int most) {
    int each = each(all, most);
    double[] merged = new double[(all.length + each - 1) / each];
    for (int i = 0; i < all.length; i++) {
      merged[i / each] = Math.max(merged[i / each], all[i]);
    }
    return merged;
  }

  /** So many points become one. */
  private static int each(double[] all, int most) {
    return (all.length + most - 1) / most;
  }

  /**
   * @param step seconds from one point to the next
   */
  private void points(String level, Map<String, double[]> columns, double step) {
    html.append("<details><summary>figures of these pictures</summary>");
    List<String> headings = new ArrayList<>(List.of("from"));
    headings.addAll(columns.keySet());
    html.append(Html.table(level, headings));
    int rows = columns.values().stream().mapToInt(points -> points.length).max().orElse(0);
    for (int i = 0; i < rows; i++) {
      html.append("<tr><td>").append(Picture.number(step * i));
      for (double[] points : columns.values()) {
        html.append("<td>").append(Picture.number(points[i]));
      }
      html.append('\n');
    }
    html.append("</table></details>\n");
  }

  private void changes(String what, List<Change> changes) {
    boolean compared = report.before() != null;
    long most = 1;
    for (Change change : changes) {
      most = Math.max(most, change.after().refused() + change.after().waited());
    }
    html.append(
        Html.table(what, headings(List.of("level", "schema", "flow", ""), List.of("throttled"))));
    for (Change change : changes) {
      if (compared) {
        html.append(Html.row(cells(change, BEFORE, change.before()))); // no bar: the new one counts
      }
      String row = Html.row(cells(change, compared ? AFTER : "", change.after()));
      long width = 100 * (change.after().refused() + change.after().waited()) / most;
      html.append(row, 0, row.length() - "</tr>\n".length());
      html.append("<td><svg viewBox=\"0 0 100 8\" role=\"img\" aria-label=\"");
      html.append(change.after().refused() + change.after().waited());
      html.append(" throttled\"><rect class=\"bar\" width=\"").append(width);
      html.append("\" height=\"8\"/></svg></td></tr>\n");
    }
    html.append("</table>\n");
  }

  private static List<String> cells(Change change, String side, Counts counts) {
    List<String> cells = new ArrayList<>();
    cells.add(change.key().level());
    cells.add(change.key().schema());
    cells.add(change.key().flow());
    cells.add(side);
    cells.addAll(counts(counts));
    return cells;
  }

  private void throttled(String by, List<ThrottledRow> rows) {
    if (!rows.isEmpty()) {
      html.append(
          Html.table(
              Words.throttled(report.before() != null, by),
              List.of(by, "waited", "refused", "error")));
      rows.stream()
          .limit(limit)
          .forEach(
              row ->
                  html.append(
                      Html.row(
                          List.of(
                              row.key(),
                              Long.toString(row.waited()),
                              Long.toString(row.refused()),
                              Long.toString(row.error())))));
      html.append("</table>\n");
    }
  }

  private void moves() {
    if (!report.moves().isEmpty()) {
      html.append(Html.table("go elsewhere", List.of("old schema", "new schema", "requests")));
      for (Move move : report.moves()) {
        html.append(Html.row(List.of(move.before(), move.after(), Long.toString(move.requests()))));
      }
      html.append("</table>\n");
    }
  }
}
