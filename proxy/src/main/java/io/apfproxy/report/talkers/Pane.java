package io.apfproxy.report.talkers;

import java.util.ArrayList;
import java.util.List;

/** A piece of time that is being counted. Not thread-safe. */
final class Pane {
  /** One that is over, or several of them together. Immutable. */
  record Whole(long from, long until, List<List<Summary<Object>>> sketches, Sums totals) {
    Summary<Object> sketch(Dimension by, Measure what) {
      return sketches.get(by.ordinal()).get(what.ordinal());
    }

    /**
     * Several that follow each other.
     *
     * @param panes one at least
     */
    static Whole merge(int counters, List<Whole> panes) {
      Sums totals = new Sums();
      panes.forEach(pane -> totals.add(pane.totals));
      List<List<Summary<Object>>> sketches = new ArrayList<>();
      for (Dimension by : Dimension.values()) {
        List<Summary<Object>> merged = new ArrayList<>();
        for (Measure what : Measure.values()) {
          merged.add(Pane.merge(counters, panes, by, what));
        }
        sketches.add(List.copyOf(merged));
      }
      return new Whole(
          panes.get(0).from, panes.get(panes.size() - 1).until, List.copyOf(sketches), totals);
    }
  }

  private final long from;
  private final List<List<HeavyHitters<Object>>> sketches = new ArrayList<>();
  private final Sums totals = new Sums();

  Pane(int counters, long from) {
    this.from = from;
    for (Dimension by : Dimension.values()) {
      List<HeavyHitters<Object>> of = new ArrayList<>();
      for (Measure what : Measure.values()) {
        of.add(new HeavyHitters<>(counters));
      }
      sketches.add(of);
    }
  }

  static Summary<Object> merge(int counters, List<Whole> panes, Dimension by, Measure what) {
    return Summary.merge(counters, panes.stream().map(pane -> pane.sketch(by, what)).toList());
  }

  void add(Dimension by, Object key, Sums sums) {
    List<HeavyHitters<Object>> of = sketches.get(by.ordinal());
    for (Measure what : Measure.values()) {
      HeavyHitters<Object> sketch = of.get(what.ordinal());
      if (what != Measure.REFUSED) {
        sketch.add(key, sums.of(what));
      } else if (sums.of(what) > 0) {
        sketch.add(key, sums.refusedBy());
      }
    }
  }

  void addToTotals(Sums sums) {
    totals.add(sums);
  }

  /** Keys in the fullest sketch of a dimension. */
  int fullest(Dimension by) {
    return sketches.get(by.ordinal()).stream().mapToInt(HeavyHitters::size).max().orElse(0);
  }

  Whole whole(long until) {
    Sums sums = new Sums();
    sums.add(totals);
    return new Whole(
        from,
        until,
        sketches.stream().map(of -> of.stream().map(HeavyHitters::summary).toList()).toList(),
        sums);
  }
}
