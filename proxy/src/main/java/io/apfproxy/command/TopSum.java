package io.apfproxy.command;

import io.apfproxy.report.talkers.Measure;
import io.apfproxy.report.talkers.TopAnswer;
import io.apfproxy.report.talkers.TopAnswer.Cell;
import io.apfproxy.report.talkers.TopAnswer.Row;
import io.apfproxy.report.talkers.TopQuestion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Adds up what several proxies answer: values and errors. Source: specification seeing.md V-05,
 * V-13.
 */
final class TopSum {
  /*
   * Their windows begin and end by a few seconds at other times and may be longer or shorter, so
   * each is brought to the longest: rates add up. Who is not in the answer of one proxy has at most
   * what that one says of those it does not know. Each is asked for as many rows as there may be.
   */
  private final TopQuestion question;
  private final List<TopAnswer> answers;
  private final double seconds;
  private final List<Map<String, Row>> rows = new ArrayList<>();

  private TopSum(TopQuestion question, List<TopAnswer> answers) {
    this.question = question;
    this.answers = answers;
    this.seconds = answers.stream().mapToDouble(TopAnswer::seconds).max().orElse(0);
    for (TopAnswer answer : answers) {
      Map<String, Row> byKey = new HashMap<>();
      answer.rows().forEach(row -> byKey.put(row.key(), row));
      rows.add(byKey);
    }
  }

  /**
   * @param answers one at least
   */
  static TopAnswer of(TopQuestion question, List<TopAnswer> answers) {
    return new TopSum(question, answers).sum();
  }

  private TopAnswer sum() {
    return new TopAnswer(
        question,
        answers.stream().mapToLong(TopAnswer::from).min().orElse(0),
        answers.stream().mapToLong(TopAnswer::until).max().orElse(0),
        seconds,
        answers.stream().mapToInt(TopAnswer::counters).min().orElse(0),
        answers.stream().mapToLong(TopAnswer::lost).sum(),
        numbers(TopAnswer::total),
        numbers(TopAnswer::absent),
        rows(),
        answers.stream()
            .map(TopAnswer::levels)
            .filter(Objects::nonNull)
            .reduce(TopAnswer.Levels::plus)
            .orElse(null));
  }

  private interface Numbers {
    Map<Measure, Double> of(TopAnswer answer);
  }

  private Map<Measure, Double> numbers(Numbers numbers) {
    Map<Measure, Double> sums = new EnumMap<>(Measure.class);
    for (TopAnswer answer : answers) {
      numbers
          .of(answer)
          .forEach((measure, number) -> sums.merge(measure, number * scale(answer), Double::sum));
    }
    return sums;
  }

  private double scale(TopAnswer answer) {
    return answer.seconds() == 0 ? 0 : seconds / answer.seconds();
  }

  private List<Row> rows() {
    Set<String> keys = new LinkedHashSet<>();
    rows.forEach(of -> keys.addAll(of.keySet()));
    List<Row> sums = new ArrayList<>();
    keys.forEach(key -> sums.add(row(key)));
    sums.sort(
        Comparator.comparingDouble((Row row) -> row.of(question.sort()).value())
            .reversed()
            .thenComparing(Row::key));
    List<Row> first = new ArrayList<>();
    for (int i = 0; i < Math.min(question.limit(), sums.size()); i++) {
      Row row = sums.get(i);
      boolean certain = i + 1 == sums.size() || isAbove(row, sums.get(i + 1));
      first.add(new Row(row.key(), row.cells(), row.refusedBy(), certain));
    }
    return List.copyOf(first);
  }

  private boolean isAbove(Row row, Row next) {
    Cell cell = next.of(question.sort());
    return row.of(question.sort()).value() > cell.value() + cell.error();
  }

  private Row row(String key) {
    Map<Measure, Cell> cells = new EnumMap<>(Measure.class);
    Map<String, Cell> refusedBy = new HashMap<>();
    for (int i = 0; i < answers.size(); i++) {
      TopAnswer answer = answers.get(i);
      double scale = scale(answer);
      Row row = rows.get(i).get(key);
      for (Measure measure : Measure.values()) {
        Cell cell =
            row != null ? row.of(measure) : new Cell(0, answer.absent().getOrDefault(measure, 0.0));
        cells.merge(measure, scaled(cell, scale), Cell::plus);
      }
      if (row != null) {
        row.refusedBy().forEach((rule, by) -> refusedBy.merge(rule, scaled(by, scale), Cell::plus));
      }
    }
    return new Row(key, cells, refusedBy, false);
  }

  private static Cell scaled(Cell cell, double scale) {
    return new Cell(cell.value() * scale, cell.error() * scale);
  }
}
