package io.apfproxy.report.talkers;

import io.apfproxy.report.ShownText;
import io.apfproxy.report.talkers.TopAnswer.Cell;
import io.apfproxy.report.talkers.TopAnswer.Row;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Reads an answer out of panes. Not thread-safe. Source: specification seeing.md V-13, V-14. */
final class TopReading {
  private final TopQuestion question;
  private final Rules rules;
  private final Map<Measure, Summary<Object>> sketches = new EnumMap<>(Measure.class);
  private final Map<Measure, Map<Object, Integer>> places = new EnumMap<>(Measure.class);
  private final Sums totals = new Sums();

  TopReading(TopQuestion question, int counters, Rules rules, List<Pane.Whole> panes) {
    this.question = question;
    this.rules = rules;
    for (Measure measure : Measure.values()) {
      Summary<Object> merged = Pane.merge(counters, panes, question.by(), measure);
      Map<Object, Integer> place = new HashMap<>();
      for (int i = 0; i < merged.size(); i++) {
        place.put(merged.key(i), i);
      }
      sketches.put(measure, merged);
      places.put(measure, place);
    }
    panes.forEach(pane -> totals.add(pane.totals()));
  }

  private Summary<Object> sketch(Measure measure) {
    return Objects.requireNonNull(sketches.get(measure));
  }

  private int place(Measure measure, Object key) {
    return Objects.requireNonNull(places.get(measure)).getOrDefault(key, -1);
  }

  Map<Measure, Double> totals() {
    Map<Measure, Double> all = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      all.put(measure, measure.shown(totals.of(measure)));
    }
    return all;
  }

  Map<Measure, Double> absent() {
    Map<Measure, Double> all = new EnumMap<>(Measure.class);
    sketches.forEach((measure, sketch) -> all.put(measure, measure.shown(sketch.absent())));
    return all;
  }

  /** The heaviest. */
  List<Row> rows() {
    List<Object> keys = keys();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < Math.min(question.limit(), keys.size()); i++) {
      Object key = keys.get(i);
      boolean certain = i + 1 == keys.size() || isAbove(key, keys.get(i + 1));
      rows.add(row(key, certain));
    }
    return rows;
  }

  /** All that something is known of, those first that have most of what is sorted by. */
  private List<Object> keys() {
    Set<Object> all = new LinkedHashSet<>();
    sketches.values().forEach(sketch -> addKeys(all, sketch));
    List<Object> sorted = new ArrayList<>(all);
    sorted.sort(
        Comparator.comparingLong((Object key) -> value(question.sort(), key))
            .reversed()
            .thenComparing(Object::toString));
    return sorted;
  }

  private static void addKeys(Set<Object> all, Summary<Object> sketch) {
    for (int i = 0; i < sketch.size(); i++) {
      all.add(sketch.key(i));
    }
  }

  private boolean isAbove(Object key, Object next) {
    Measure sort = question.sort();
    return value(sort, key) > value(sort, next) + error(sort, next);
  }

  private long value(Measure measure, Object key) {
    int place = place(measure, key);
    return place < 0 ? 0 : sketch(measure).value(place);
  }

  private long error(Measure measure, Object key) {
    int place = place(measure, key);
    return place < 0 ? sketch(measure).absent() : sketch(measure).error(place);
  }

  private Row row(Object key, boolean certain) {
    Map<Measure, Cell> cells = new EnumMap<>(Measure.class);
    for (Measure measure : Measure.values()) {
      cells.put(
          measure,
          new Cell(measure.shown(value(measure, key)), measure.shown(error(measure, key))));
    }
    return new Row(ShownText.of(key.toString()), cells, refusedBy(key), certain);
  }

  private Map<String, Cell> refusedBy(Object key) {
    int place = place(Measure.REFUSED, key);
    Map<String, Cell> by = new HashMap<>();
    if (place < 0) {
      return by;
    }
    Summary<Object> refused = sketch(Measure.REFUSED);
    for (int rule = 0; rule < Rules.MOST; rule++) {
      if (refused.part(place, rule) > 0) {
        by.put(rules.name(rule), new Cell(refused.part(place, rule), refused.error(place)));
      }
    }
    return by;
  }
}
