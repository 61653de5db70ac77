package io.apfproxy.replay.figures;

import io.apfproxy.classify.Classifier;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.request.RequestDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts what one configuration makes of all requests. Not thread-safe; instants only grow. */
public final class Figures {
  static final int MOST_FLOWS = 200_000;

  /** In the place of the flows that come when there are as many as are counted. */
  static final String OTHERS = "(others)";

  private final Span span;
  private final int seats;
  private final @Nullable Classifier before;
  private final SortedMap<String, LevelFigures> levels = new TreeMap<>();
  private final Map<Key, FlowFigures> flows = new HashMap<>();
  private final Map<String, SchemaFigures> schemas = new HashMap<>();
  private final Map<Lead, Long> moves = new HashMap<>();
  private final Throttled throttled = new Throttled();

  private record Key(String schema, String flow) {}

  private record Lead(String before, String after) {}

  private static final class LevelFigures {
    private final String name;
    private final Tally tally = new Tally();
    private final Course course;
    private boolean exempt;
    private int nominal;

    LevelFigures(String name, Span span) {
      this.name = name;
      this.course = new Course(span.from(), span.until(), span.piece());
    }
  }

  private record SchemaFigures(LevelFigures level, String name, Tally tally) {}

  /** One flow: where its requests are counted. */
  public static final class FlowFigures {
    private final SchemaFigures schema;
    private final String flow;
    private final Tally tally = new Tally();

    private FlowFigures(SchemaFigures schema, String flow) {
      this.schema = schema;
      this.flow = flow;
    }
  }

  /**
   * @param seats of all levels together
   * @param before what requests went by, to find those that go elsewhere; null if nothing is to be
   *     compared
   */
  public Figures(Span span, int seats, @Nullable FlowControlConfiguration before) {
    this.span = span;
    this.seats = seats;
    this.before = before == null ? null : new Classifier(before);
  }

  /** Whether a request that came first at that instant is reported. */
  public boolean counts(long arrivalNanos) {
    return span.holds(arrivalNanos);
  }

  /** Where a request is counted that was put there. */
  public FlowFigures flow(Classification place) {
    Key key = new Key(place.flowSchema(), place.flowDistinguisher());
    FlowFigures known = flows.get(key);
    return known != null ? known : add(key, place.priorityLevel());
  }

  private FlowFigures add(Key key, String level) {
    SchemaFigures schema =
        schemas.computeIfAbsent(
            key.schema(), name -> new SchemaFigures(level(level), name, new Tally()));
    if (flows.size() < MOST_FLOWS) {
      FlowFigures flow = new FlowFigures(schema, key.flow());
      flows.put(key, flow);
      return flow;
    }
    return flows.computeIfAbsent(
        new Key(key.schema(), OTHERS), others -> new FlowFigures(schema, OTHERS));
  }

  private LevelFigures level(String name) {
    return levels.computeIfAbsent(name, missing -> new LevelFigures(missing, span));
  }

  /** A request came for the first time, and is counted. */
  public void came(FlowFigures flow, RequestDigest digest) {
    flow.tally.came();
    flow.schema.tally().came();
    flow.schema.level().tally.came();
    if (before != null) {
      String old = before.classify(digest.info(), digest.user()).schema().name();
      if (!old.equals(flow.schema.name())) {
        moves.merge(new Lead(old, flow.schema.name()), 1L, Long::sum);
      }
    }
  }

  /**
   * A request that is counted has its seats.
   *
   * @param waitNanos since it came first
   */
  public void began(
      FlowFigures flow, RequestDigest digest, String agent, long waitNanos, long now) {
    flow.tally.began(waitNanos);
    flow.schema.tally().began(waitNanos);
    flow.schema.level().tally.began(waitNanos);
    flow.schema.level().course.waited(waitNanos, now);
    if (waitNanos > 0) {
      throttled.waited(digest, agent);
    }
  }

  /** So many seats are in use, more or less than before; of requests that are not counted too. */
  public void used(FlowFigures flow, int change, long now) {
    flow.schema.level().course.used(change, now);
  }

  /** A request that is counted has given back what it had. */
  public void held(FlowFigures flow, long seatNanos) {
    double seconds = seatNanos / 1e9;
    flow.tally.held(seconds);
    flow.schema.tally().held(seconds);
    flow.schema.level().tally.held(seconds);
  }

  /** A request that is counted was refused, and will come again. */
  public void repeats(FlowFigures flow, long now) {
    flow.tally.repeated();
    flow.schema.tally().repeated();
    flow.schema.level().tally.repeated();
    flow.schema.level().course.refused(now);
  }

  /** A request that is counted was refused for good. */
  public void refused(
      FlowFigures flow, RequestDigest digest, String agent, RejectReason reason, long now) {
    flow.tally.refused(reason);
    flow.schema.tally().refused(reason);
    flow.schema.level().tally.refused(reason);
    flow.schema.level().course.refused(now);
    throttled.refused(digest, agent);
  }

  /** The limits in force from now on. */
  public void limits(List<LevelSnapshot> all, long now) {
    for (LevelSnapshot snapshot : all) {
      LevelFigures level = level(snapshot.name());
      level.exempt = snapshot.exempt();
      level.nominal = snapshot.nominalLimit();
      level.course.limited(snapshot.nominalLimit(), snapshot.currentLimit(), now);
    }
  }

  /**
   * What came of it. To be called once, at the end.
   *
   * @param throttledRows of each dimension
   */
  public Outcome outcome(int throttledRows) {
    List<LevelRow> rows = new ArrayList<>();
    levels.values().forEach(level -> rows.add(row(level)));
    return new Outcome(
        seats,
        span.seconds(),
        rows,
        sorted(schemas.values().stream().map(s -> row(s, "", s.tally())).toList()),
        sorted(flows.values().stream().map(f -> row(f.schema, f.flow, f.tally)).toList()),
        throttled.rows(throttledRows));
  }

  private static LevelRow row(LevelFigures level) {
    Series series = level.course.series();
    return new LevelRow(
        level.name,
        level.exempt,
        level.nominal,
        level.tally.counts(),
        level.course.meanSeats(),
        level.course.peak(),
        level.course.meanLimit(),
        level.course.borrowed(),
        series);
  }

  private static FlowRow row(SchemaFigures schema, String flow, Tally tally) {
    return new FlowRow(schema.level().name, schema.name(), flow, tally.counts());
  }

  private static List<FlowRow> sorted(List<FlowRow> rows) {
    return rows.stream()
        .filter(row -> row.counts().requests() > 0)
        .sorted(
            Comparator.comparing(FlowRow::level)
                .thenComparing(FlowRow::schema)
                .thenComparing(FlowRow::flow))
        .toList();
  }

  /** Which requests go elsewhere than before, most first. */
  public List<Move> moves() {
    return moves.entrySet().stream()
        .map(
            entry ->
                new Move(
                    entry.getKey().before(),
                    entry.getKey().after(),
                    Objects.requireNonNull(entry.getValue())))
        .sorted(
            Comparator.comparingLong(Move::requests)
                .reversed()
                .thenComparing(Move::before)
                .thenComparing(Move::after))
        .toList();
  }
}
