package io.apfproxy.report.talkers;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known of talkers. Immutable but for its maps, which nobody changes. Times are seconds.
 *
 * @param from of its window, in milliseconds since 1970
 * @param until of its window, in milliseconds since 1970
 * @param seconds that it covers; 0 in the first two seconds
 * @param counters of each sketch; with fewer keys than that all is exact
 * @param lost records of requests that found no room since the start
 * @param total of all talkers, exact but for what was lost
 * @param absent the most that a talker can have which is not known, by measure
 * @param rows the heaviest first
 * @param levels as they are at this moment; null if nobody knows
 */
public record TopAnswer(
    TopQuestion question,
    long from,
    long until,
    double seconds,
    int counters,
    long lost,
    Map<Measure, Double> total,
    Map<Measure, Double> absent,
    List<Row> rows,
    @Nullable Levels levels) {
  public TopAnswer(
      TopQuestion question,
      long from,
      long until,
      double seconds,
      int counters,
      long lost,
      Map<Measure, Double> total,
      Map<Measure, Double> absent,
      List<Row> rows) {
    this(question, from, until, seconds, counters, lost, total, absent, rows, null);
  }

  /** The same, with what the levels are like. */
  public TopAnswer with(@Nullable Levels now) {
    return new TopAnswer(question, from, until, seconds, counters, lost, total, absent, rows, now);
  }

  /**
   * All levels together, those that are exempt too.
   *
   * @param seatsInUse of requests that execute or linger
   * @param limit seats there are, those of exempt levels not counted
   * @param executing requests
   * @param waiting requests
   */
  public record Levels(long seatsInUse, long limit, long executing, long waiting) {
    /** Of several proxies. */
    public Levels plus(Levels other) {
      return new Levels(
          seatsInUse + other.seatsInUse,
          limit + other.limit,
          executing + other.executing,
          waiting + other.waiting);
    }
  }

  /**
   * A figure: the truth is at least its value, and at most that and its error.
   *
   * @param value from 0
   * @param error from 0, at most the total divided by the counters
   */
  public record Cell(double value, double error) {
    /** Nothing, exactly. */
    public static final Cell ZERO = new Cell(0, 0);

    /** Both together. */
    public Cell plus(Cell other) {
      return new Cell(value + other.value, error + other.error);
    }
  }

  /**
   * One talker.
   *
   * @param cells by each measure
   * @param refusedBy by the rule that refused; those of which something is known
   * @param certain whether it is surely heavier than the next one
   */
  public record Row(
      String key, Map<Measure, Cell> cells, Map<String, Cell> refusedBy, boolean certain) {
    /** Its figure of this measure. */
    public Cell of(Measure measure) {
      return cells.getOrDefault(measure, Cell.ZERO);
    }
  }
}
