package io.apfproxy.command;

import io.apfproxy.report.talkers.Measure;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopAnswer.Cell;
import io.apfproxy.report.talkers.TopAnswer.Levels;
import io.apfproxy.report.talkers.TopAnswer.Row;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Top talkers as a table for people. Source: specification seeing.md V-20. */
public final class TopTable {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final List<String> BUSY = List.of("REQ/S", "SEATS", "WAIT", "BYTES/S");
  private static final List<String> WOULD = List.of("WOULD-WAIT", "WOULD-REFUSE/S");
  private static final List<String> REFUSED = List.of("REFUSED/S", "WHY");
  private static final int RULES = 2;
  private static final double TOLERATED = 0.05;
  private static final double UNIT = 1024;
  private static final String UNITS = "KMGTP";

  private final TopAnswer answer;
  private final boolean would;

  private TopTable(TopAnswer answer) {
    this.answer = answer;
    this.would =
        List.of(Measure.WOULD_WAIT, Measure.WOULD_REFUSE).contains(answer.question().sort())
            || answer.total().getOrDefault(Measure.WOULD_WAIT, 0.0) > 0
            || answer.total().getOrDefault(Measure.WOULD_REFUSE, 0.0) > 0;
  }

  /** As wide as it needs. */
  public static String of(TopAnswer answer) {
    return of(answer, Integer.MAX_VALUE);
  }

  /**
   * In so many columns, as far as keys can be cut.
   *
   * @param columns of the terminal
   */
  static String of(TopAnswer answer, int columns) {
    return new TopTable(answer).text(columns);
  }

  private String text(int columns) {
    List<List<String>> lines = new ArrayList<>();
    String by = answer.question().by().label().toUpperCase(Locale.ROOT);
    lines.add(line(by, BUSY, WOULD, REFUSED));
    answer.rows().forEach(row -> lines.add(cells(row)));
    return new TextTable(lines, true).text(head(), columns);
  }

  private String head() {
    Map<Measure, Double> total = answer.total();
    return TIME.format(Instant.ofEpochMilli(answer.until()))
        + " UTC, "
        + String.format(Locale.ROOT, "%.0f s: ", answer.seconds())
        + rate(total.getOrDefault(Measure.REQUESTS, 0.0))
        + " req/s, "
        + rate(total.getOrDefault(Measure.SEAT_SECONDS, 0.0))
        + " seats, "
        + bytes(perSecond(total.getOrDefault(Measure.BYTES, 0.0)))
        + "B/s, "
        + rate(total.getOrDefault(Measure.REFUSED, 0.0))
        + " refused/s, lost "
        + answer.lost()
        + levels();
  }

  private String levels() {
    Levels levels = answer.levels();
    return levels == null
        ? ""
        : "; now "
            + levels.seatsInUse()
            + " of "
            + Explanation.count(levels.limit(), "seat")
            + ", "
            + levels.waiting()
            + " waiting";
  }

  private List<String> cells(Row row) {
    return line(
        row.key(),
        List.of(
            rate(row, Measure.REQUESTS),
            rate(row, Measure.SEAT_SECONDS),
            mean(row, Measure.WAIT),
            mark(row.of(Measure.BYTES)) + bytes(perSecond(row.of(Measure.BYTES).value()))),
        List.of(mean(row, Measure.WOULD_WAIT), rate(row, Measure.WOULD_REFUSE)),
        List.of(rate(row, Measure.REFUSED), why(row)));
  }

  private List<String> line(
      String key, List<String> busy, List<String> hypothetical, List<String> refused) {
    List<String> line = new ArrayList<>(List.of(key));
    line.addAll(busy);
    line.addAll(would ? hypothetical : List.of());
    line.addAll(refused);
    return line;
  }

  private String rate(Row row, Measure what) {
    return mark(row.of(what)) + rate(row.of(what).value());
  }

  /** Of a request. */
  private static String mean(Row row, Measure wait) {
    Cell requests = row.of(Measure.REQUESTS);
    double mean = requests.value() == 0 ? 0 : row.of(wait).value() / requests.value();
    return (mark(row.of(wait)).isEmpty() ? mark(requests) : mark(row.of(wait))) + duration(mean);
  }

  private static String mark(Cell cell) {
    return cell.error() > TOLERATED * cell.value() ? "~" : "";
  }

  private static String why(Row row) {
    String rules =
        row.refusedBy().entrySet().stream()
            .sorted(
                Map.Entry.<String, Cell>comparingByValue(
                        (a, b) -> Double.compare(b.value(), a.value()))
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(RULES)
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    return rules.isEmpty() ? "-" : rules;
  }

  private double perSecond(double sum) {
    return answer.seconds() == 0 ? 0 : sum / answer.seconds();
  }

  private String rate(double sum) {
    return number(perSecond(sum));
  }

  private static String number(double number) {
    if (number == 0) {
      return "0";
    }
    return String.format(
        Locale.ROOT, number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%.0f", number);
  }

  private static String bytes(double bytes) {
    double rest = bytes;
    int unit = -1;
    while (rest >= UNIT - 0.5 && unit + 1 < UNITS.length()) {
      rest /= UNIT;
      unit++;
    }
    return unit < 0
        ? String.format(Locale.ROOT, "%.0f", rest)
        : String.format(Locale.ROOT, rest < 10 ? "%.1f%ci" : "%.0f%ci", rest, UNITS.charAt(unit));
  }

  private static String duration(double seconds) {
    if (seconds == 0) {
      return "0";
    }
    if (seconds < 1e-3) {
      return String.format(Locale.ROOT, "%.0fµs", seconds * 1e6);
    }
    return seconds < 1
        ? String.format(Locale.ROOT, "%.0fms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.1fs", seconds);
  }
}
