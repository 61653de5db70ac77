package io.apfproxy.report.talkers;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;

/** A piece of time that is being counted. Not thread-safe. */
final class Pane {
  /** One that is over, or several of them together. Immutable. */
  record Whole(
      long from, long until, Map<Dimension, Map<Measure, Summary<Object>>> sketches, Sums totals) {
    Summary<Object> sketch(Dimension by, Measure what) {
      Map<Measure, Summary<Object>> of = sketches.getOrDefault(by, Map.of());
      return of.getOrDefault(what, Summary.empty());
    }

    /**
     * Several that follow each other.
     *
     * @param panes one at least
     */
    static Whole merge(int counters, List<Whole> panes) {
      Sums totals = new Sums();
      panes.forEach(pane -> totals.add(pane.totals));
      return new Whole(
          panes.get(0).from,
          panes.get(panes.size() - 1).until,
          each((by, what) -> Pane.merge(counters, panes, by, what)),
          totals);
    }
  }

  private final long from;
  private final Map<Dimension, Map<Measure, HeavyHitters<Object>>> sketches;
  private final Sums totals = new Sums();

  Pane(int counters, long from) {
    this.from = from;
    this.sketches = each((by, what) -> new HeavyHitters<>(counters));
  }

  private static <T> Map<Dimension, Map<Measure, T>> each(BiFunction<Dimension, Measure, T> made) {
    Map<Dimension, Map<Measure, T>> all = new EnumMap<>(Dimension.class);
    for (Dimension by : Dimension.values()) {
      Map<Measure, T> of = new EnumMap<>(Measure.class);
      for (Measure what : Measure.values()) {
        of.put(what, made.apply(by, what));
      }
      all.put(by, of);
    }
    return all;
  }

  static Summary<Object> merge(int counters, List<Whole> panes, Dimension by, Measure what) {
    return Summary.merge(counters, panes.stream().map(pane -> pane.sketch(by, what)).toList());
  }

  void add(Dimension by, Object key, Sums sums) {
    sketches
        .getOrDefault(by, Map.of())
        .forEach(
            (what, sketch) -> {
              if (what != Measure.REFUSED) {
                sketch.add(key, sums.of(what));
              } else if (sums.of(what) > 0) {
                sketch.add(key, sums.refusedBy());
              }
            });
  }

  void addToTotals(Sums sums) {
    totals.add(sums);
  }

  /** Keys in the fullest sketch of a dimension. */
  int fullest(Dimension by) {
    return sketches.getOrDefault(by, Map.of()).values().stream()
        .mapToInt(HeavyHitters::size)
        .max()
        .orElse(0);
  }

  /** What it says at its end; nothing is added afterwards. */
  Whole whole(long until) {
    return new Whole(from, until, each((by, what) -> sketch(by, what).summary()), totals);
  }

  private HeavyHitters<Object> sketch(Dimension by, Measure what) {
    return Objects.requireNonNull(Objects.requireNonNull(sketches.get(by)).get(what));
  }
}
