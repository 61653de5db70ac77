package io.apfproxy.flowcontrol;

import io.apfproxy.borrowing.LimitAdjustment;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.level.DelayedActions;
import io.apfproxy.level.PriorityLevel;
import io.apfproxy.nullness.Nullable;
import io.apfproxy.time.TimeSource;
import io.apfproxy.work.MaxSeats;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** The levels in being, and how they come, change and go. Thread-safe. */
final class LevelTable {
  /*
   * One change at a time, under one lock. The new routing is published before any level is made to follow it, because only then
   * requests are told their fate, and what they do next must find the new state. A level that becomes idle while quiescing is
   * dropped later, on another thread: its last request may have ended in the middle of a change.
   * Source: reference, apf_controller.go; specification apf-config.md 4.2 and 5.
   */
  private static final long EXEMPT_EXECUTING_PER_SEAT = 10;

  private final int serverLimit;
  private final TimeSource time;
  private final DelayedActions delayed;
  private final FlowMetrics metrics;
  private final ReentrantLock changes = new ReentrantLock();
  private final Map<KindLoad.Kind, KindLoad> loads = new EnumMap<>(KindLoad.Kind.class);
  private volatile @Nullable Routing routing;

  // All below is guarded by the lock.
  private final SortedMap<String, LevelEntry> entries = new TreeMap<>();
  private final MaxSeats maxSeats = new MaxSeats();
  private double seatFairFraction;

  LevelTable(int serverLimit, TimeSource time, DelayedActions delayed, FlowMetrics metrics) {
    this.serverLimit = serverLimit;
    this.time = time;
    this.delayed = delayed;
    this.metrics = metrics;
    for (KindLoad.Kind kind : KindLoad.Kind.values()) {
      loads.put(kind, new KindLoad(time.nanoTime()));
    }
  }

  /** What requests go by now. Never called before the first {@link #apply}. */
  Routing routing() {
    return Objects.requireNonNull(routing);
  }

  /** The same once a change that is under way has ended. */
  Routing nextRouting() {
    changes.lock();
    try {
      return routing();
    } finally {
      changes.unlock();
    }
  }

  /**
   * Puts a configuration into force.
   *
   * @param next makes it from the one before, which is null at first
   */
  FlowControlConfiguration apply(UnaryOperator<@Nullable FlowControlConfiguration> next) {
    changes.lock();
    try {
      Routing before = routing;
      FlowControlConfiguration configuration =
          Objects.requireNonNull(next.apply(before == null ? null : before.configuration()));
      digest(configuration);
      return configuration;
    } finally {
      changes.unlock();
    }
  }

  void adjustBorrowing() {
    changes.lock();
    try {
      adjustLimits();
      entries.values().forEach(LevelEntry::enforce);
    } finally {
      changes.unlock();
    }
  }

  double seatFairFraction() {
    changes.lock();
    try {
      return seatFairFraction;
    } finally {
      changes.unlock();
    }
  }

  List<LevelSnapshot> snapshot() {
    changes.lock();
    try {
      return entries.values().stream().map(LevelEntry::snapshot).toList();
    } finally {
      changes.unlock();
    }
  }

  /** The levels in being, by name. */
  List<LevelEntry> entries() {
    changes.lock();
    try {
      return List.copyOf(entries.values());
    } finally {
      changes.unlock();
    }
  }

  private void digest(FlowControlConfiguration configuration) {
    retire(configuration);
    updateEntries(configuration);
    adjustLimits();
    routing = new Routing(configuration, routes(configuration));
    entries.values().forEach(LevelEntry::enforce);
    long places = entries.values().stream().mapToLong(LevelEntry::places).sum();
    long seats = entries.values().stream().mapToLong(LevelEntry::nominalLimit).sum();
    loads
        .values()
        .forEach(
            load -> load.setFullLoad(Math.max(1, places), Math.max(1, seats), time.nanoTime()));
  }

  /** How many requests of each kind wait and execute in all levels. */
  Map<KindLoad.Kind, KindLoad> loads() {
    return loads;
  }

  /** Drops the levels that are configured no longer, or lets them finish first. */
  private void retire(FlowControlConfiguration configuration) {
    entries
        .values()
        .removeIf(
            entry -> {
              if (configuration.levels().containsKey(entry.name())) {
                entry.level().unquiesce();
                return false;
              }
              boolean busy = entry.level().quiesce();
              if (!busy) {
                maxSeats.forget(entry.name());
              }
              return !busy;
            });
  }

  private void updateEntries(FlowControlConfiguration configuration) {
    SortedMap<String, PriorityLevelConfiguration> inBeing = new TreeMap<>();
    entries.forEach((name, entry) -> inBeing.put(name, entry.configuration()));
    inBeing.putAll(configuration.levels());
    SortedMap<String, LimitBounds> allBounds = LimitBounds.of(serverLimit, inBeing.values());
    inBeing.forEach(
        (name, object) -> {
          LimitBounds bounds = Objects.requireNonNull(allBounds.get(name));
          if (bounds.maxSeats() > 0) {
            maxSeats.set(name, bounds.maxSeats());
          }
          LevelEntry entry = entries.computeIfAbsent(name, n -> create(object, bounds));
          entry.setConfiguration(object);
          entry.setBounds(bounds, maxSeats.get(name));
        });
  }

  private LevelEntry create(PriorityLevelConfiguration object, LimitBounds bounds) {
    PriorityLevel level =
        new PriorityLevel(
            object.name(),
            LevelEntry.shape(object, bounds),
            LevelEntry.provisionalLimit(bounds),
            time,
            delayed,
            () -> delayed.after(0, this::dropIdleLevels));
    ExemptGate gate =
        object.isExempt()
            ? ExemptGate.of(EXEMPT_EXECUTING_PER_SEAT * serverLimit)
            : ExemptGate.open();
    return new LevelEntry(
        object, bounds, level, gate, (int) Math.max(1, Math.round(serverLimit / 10.0)));
  }

  private void dropIdleLevels() {
    apply(Objects::requireNonNull);
  }

  private void adjustLimits() {
    List<LimitAdjustment.Level> levels = new ArrayList<>();
    entries.values().forEach(entry -> levels.add(entry.endPeriod()));
    LimitAdjustment adjustment = LimitAdjustment.of(levels);
    int next = 0;
    for (LevelEntry entry : entries.values()) {
      entry.setLimit(adjustment.limits().get(next), adjustment.targets().get(next));
      next++;
    }
    seatFairFraction = adjustment.fairFraction();
  }

  private List<Route> routes(FlowControlConfiguration configuration) {
    List<Route> routes = new ArrayList<>();
    for (FlowSchema schema : configuration.schemas()) {
      LevelEntry entry = Objects.requireNonNull(entries.get(schema.spec().priorityLevel()));
      routes.add(
          new Route(
              schema,
              entry,
              entry.level().tally(schema.name()),
              metrics.flow(entry.name(), schema.name())));
    }
    return routes;
  }
}
