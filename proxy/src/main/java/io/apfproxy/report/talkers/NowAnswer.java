package io.apfproxy.report.talkers;

import io.apfproxy.flowcontrol.PresentRequest;
import io.apfproxy.request.RequestInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who holds and who waits for seats at one moment.
 *
 * @param at in milliseconds since 1970
 * @param total of all, its key is empty
 * @param rows the heaviest first
 */
public record NowAnswer(NowQuestion question, long at, Row total, List<Row> rows) {
  /**
   * What is there of one key.
   *
   * @param seats held by the requests that execute
   * @param executing requests
   * @param waiting requests
   */
  public record Row(String key, long seats, int executing, int waiting) {
    private Row plus(Row other) {
      return new Row(
          key, seats + other.seats, executing + other.executing, waiting + other.waiting);
    }
  }

  /** Counts requests. */
  public static NowAnswer of(NowQuestion question, long at, List<PresentRequest> present) {
    Map<Object, Row> rows = new HashMap<>();
    for (PresentRequest one : present) {
      Object key = key(question.by(), one);
      Row row =
          one.executing()
              ? new Row(key.toString(), one.seats(), 1, 0)
              : new Row(key.toString(), 0, 0, 1);
      rows.merge(key, row, Row::plus);
    }
    return new NowAnswer(question, at, total(rows.values()), first(question, rows.values()));
  }

  private static Object key(Dimension by, PresentRequest one) {
    RequestInfo info = one.digest().info();
    Object key =
        switch (by) {
          case USER -> TalkerKeys.user(one.digest().user().name());
          case NAMESPACE -> TalkerKeys.namespace(info);
          case WHAT -> TalkerKeys.what(info);
          case FLOW -> TalkerKeys.flow(one.place());
          case AGENT, ADDRESS -> throw new IllegalArgumentException(by.label());
        };
    return key == null ? TalkerKeys.NONE : key;
  }

  /** Adds up what several proxies say. */
  public static NowAnswer sum(NowQuestion question, List<NowAnswer> answers) {
    Map<String, Row> rows = new HashMap<>();
    for (NowAnswer answer : answers) {
      answer.rows.forEach(row -> rows.merge(row.key(), row, Row::plus));
    }
    return new NowAnswer(
        question,
        answers.stream().mapToLong(NowAnswer::at).max().orElse(0),
        total(answers.stream().map(NowAnswer::total).toList()),
        first(question, rows.values()));
  }

  private static Row total(Collection<Row> rows) {
    return rows.stream().reduce(new Row("", 0, 0, 0), Row::plus);
  }

  private static List<Row> first(NowQuestion question, Collection<Row> rows) {
    Comparator<Row> seats = Comparator.comparingLong(Row::seats);
    Comparator<Row> waiting = Comparator.comparingInt(Row::waiting);
    List<Row> sorted = new ArrayList<>(rows);
    sorted.sort(
        (question.waiting() ? waiting.thenComparing(seats) : seats.thenComparing(waiting))
            .reversed()
            .thenComparing(Row::key));
    return List.copyOf(sorted.subList(0, Math.min(question.limit(), sorted.size())));
  }
}
