package io.apfproxy.replay.page;

import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.FlowRow;
import io.apfproxy.replay.figures.Outcome;
import io.apfproxy.replay.figures.Report;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A flow or schema before and after.
 *
 * @param key level, schema and flow, of which the last may be empty
 * @param before of nothing if nobody came, or nothing is compared
 */
record Change(Key key, Counts before, Counts after) {
  private static final Comparator<Change> GREATEST =
      Comparator.<Change>comparingLong(c -> Math.abs(c.after.refused() - c.before.refused()))
          .thenComparingLong(c -> Math.abs(c.after.waitP99() - c.before.waitP99()))
          .thenComparingLong(c -> Math.abs(c.after.waited() - c.before.waited()))
          .thenComparingLong(c -> c.before.requests() + c.after.requests())
          .reversed()
          .thenComparing(Change::key);

  /** What it is a change of. A schema that leads to another level than before is two. */
  record Key(String level, String schema, String flow) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::level).thenComparing(Key::schema).thenComparing(Key::flow);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /** Schemas by level and name. */
  static List<Change> schemas(Report report) {
    Outcome before = report.before();
    return changes(before == null ? null : before.schemas(), report.after().schemas());
  }

  /** Flows, those first of which refusals or waits changed most; from nothing without a before. */
  static List<Change> flows(Report report, int most) {
    Outcome before = report.before();
    return changes(before == null ? null : before.flows(), report.after().flows()).stream()
        .sorted(GREATEST)
        .limit(most)
        .toList();
  }

  private static List<Change> changes(@Nullable List<FlowRow> before, List<FlowRow> after) {
    Map<Key, Change> changes = new TreeMap<>();
    if (before != null) {
      before.forEach(row -> changes.put(key(row), new Change(key(row), row.counts(), Counts.NONE)));
    }
    after.forEach(
        row ->
            changes.merge(
                key(row),
                new Change(key(row), Counts.NONE, row.counts()),
                (old, fresh) -> new Change(old.key(), old.before(), fresh.after())));
    return List.copyOf(changes.values());
  }

  private static Key key(FlowRow row) {
    return new Key(row.level(), row.schema(), row.flow());
  }
}
