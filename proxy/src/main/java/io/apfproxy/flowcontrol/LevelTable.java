package io.apfproxy.flowcontrol;

import io.apfproxy.budget.SeatUse;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.queueset.Failures;
import io.apfproxy.queueset.Occupancy;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The levels in being, and how they come, change and go. Thread-safe. */
final class LevelTable {
  /*
   * Two locks. Under the first a configuration is made ready, which takes half a second for 10,000 schemas; whoever asks for a
   * request, a snapshot or new limits never waits for it. Under the second one change at a time comes into force, which takes steps
   * in the number of levels only. The new routing is published before any level is made to follow it, because only then
   * requests are told their fate, and what they do next must find the new state. A level that becomes idle while quiescing is
   * dropped later, on another thread: its last request may have ended in the middle of a change.
   *
   * A change leaves the borrowing period as it is: what was wanted so far is not counted as a period of its own, or frequent changes
   * would hide demand, as they do in the reference. Source: reference, apf_controller.go; specification apf-config.md 4.2, 5 and 9
   * (31); security.md S68.
   */
  private final BurstSeats bursts;
  private final Enforcement enforcement;
  private final TimeSource time;
  private final DelayedActions delayed;
  private final FlowMetrics metrics;
  private final ReentrantLock building = new ReentrantLock(); // taken before the other, never after
  private final ReentrantLock changes = new ReentrantLock();
  private final AtomicBoolean dropping = new AtomicBoolean();
  private final Map<KindLoad.Kind, KindLoad> loads = new EnumMap<>(KindLoad.Kind.class);
  private volatile @Nullable Routing routing;

  // All below is guarded by the lock of changes.
  private final SortedMap<String, LevelEntry> entries = new TreeMap<>();
  private final SeatShares shares;

  /**
   * @param settings among them the seats of the whole server, until {@link #resize}
   */
  LevelTable(
      FlowControlSettings settings, TimeSource time, DelayedActions delayed, FlowMetrics metrics) {
    this.shares = new SeatShares(settings.serverLimit());
    this.bursts = settings.bursts();
    this.enforcement = settings.enforcement();
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
    building.lock();
    try {
      Routing before = routing;
      FlowControlConfiguration configuration =
          Objects.requireNonNull(next.apply(before == null ? null : before.configuration()));
      while (!follow(draft(configuration, before))) {
        // a level that was to stay has just become idle and gone
      }
      metrics.inForce(routing().leads());
      return configuration;
    } finally {
      building.unlock();
    }
  }

  /**
   * Puts other rate limits into force: neither levels nor what requests go by change.
   *
   * @param limits valid, with their defaults; names are unique
   */
  FlowControlConfiguration limit(Collection<RateLimit> limits) {
    building.lock(); // whoever makes a configuration ready keeps the limits he found
    changes.lock();
    try {
      Routing next = routing().with(routing().configuration().withRateLimits(limits));
      routing = next;
      return next.configuration();
    } finally {
      changes.unlock();
      building.unlock();
    }
  }

  /**
   * A configuration made ready.
   *
   * @param levels those its schemas lead to, by name
   * @param created the names of those that are not in being yet
   */
  private record Draft(Routing routing, Map<String, LevelEntry> levels, Set<String> created) {}

  /** Makes a configuration ready; changes nothing that is in force. */
  private Draft draft(FlowControlConfiguration configuration, @Nullable Routing before) {
    Map<String, LevelEntry> levels = new HashMap<>();
    Set<String> created = new HashSet<>();
    SortedMap<String, PriorityLevelConfiguration> inBeing = new TreeMap<>();
    for (LevelEntry entry : entries()) {
      if (configuration.levels().containsKey(entry.name()) || !entry.level().isIdle()) {
        inBeing.put(entry.name(), entry.configuration());
        levels.put(entry.name(), entry);
      }
    }
    inBeing.putAll(configuration.levels());
    SortedMap<String, LimitBounds> bounds = shares.bounds(inBeing.values());
    configuration
        .levels()
        .forEach(
            (name, object) -> {
              if (!levels.containsKey(name)) {
                levels.put(name, create(object, Objects.requireNonNull(bounds.get(name))));
                created.add(name);
              }
            });
    return new Draft(Routing.of(configuration, levels, metrics, before), levels, created);
  }

  /** Puts into force what was made ready; false if it fits no longer, and nothing has happened. */
  private boolean follow(Draft draft) {
    changes.lock();
    try {
      FlowControlConfiguration configuration = draft.routing().configuration();
      for (String name : configuration.levels().keySet()) {
        if (!draft.created().contains(name) && entries.get(name) != draft.levels().get(name)) {
          return false;
        }
      }
      draft
          .created()
          .forEach(name -> entries.put(name, Objects.requireNonNull(draft.levels().get(name))));
      digest(draft.routing());
      retainFlows(draft.routing());
      return true;
    } finally {
      changes.unlock();
    }
  }

  /**
   * Shares so many seats from now on. Requests that wait or execute stay where they are, and the
   * borrowing period goes on. What is wide or has no seats at all is still judged by the total that
   * was configured: fewer seats for a while turn no level into one that refuses, and make no
   * request cheaper. However few there are, a level that has seats keeps one. Source: specification
   * limits.md L-48, L-49, L-50.
   *
   * @param seats at least 1
   * @param way in which a level comes to its new limit
   */
  void resize(int seats, Consumer<LevelEntry> way) {
    if (seats < 1) {
      throw new IllegalArgumentException("seats in all are " + seats + ", must be at least 1");
    }
    changes.lock();
    try {
      shares.setTotal(seats);
      share(routing().configuration());
      enforce(way);
    } finally {
      changes.unlock();
    }
  }

  void adjustBorrowing() {
    changes.lock();
    try {
      entries.values().forEach(LevelEntry::endPeriod);
      shares.adjust(entries.values());
      Failures.afterAll(entries.values(), LevelEntry::enforce);
    } finally {
      changes.unlock();
    }
  }

  /** How the seats of all levels are used now. */
  SeatUse seatUse() {
    changes.lock();
    try {
      long inUse = 0;
      long limits = 0;
      boolean waiting = false;
      boolean shadow = false;
      for (LevelEntry entry : entries.values()) {
        Occupancy occupancy = entry.level().occupancy();
        inUse += occupancy.seatsInUse();
        waiting |= occupancy.waiting() > 0;
        shadow |= entry.enforcedPercent() < Enforcement.ENFORCE.percent();
        limits += entry.isExempt() ? 0 : entry.currentLimit();
      }
      return new SeatUse(inUse, limits, waiting, shadow);
    } finally {
      changes.unlock();
    }
  }

  double seatFairFraction() {
    changes.lock();
    try {
      return shares.fairFraction();
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

  /** What the levels that may burst have saved and spend, by name. */
  SortedMap<String, BurstState> bursts() {
    SortedMap<String, BurstState> states = new TreeMap<>();
    for (LevelEntry entry : entries()) {
      BurstState state = entry.level().burst();
      if (state != null) {
        states.put(entry.name(), state);
      }
    }
    return states;
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

  private void digest(Routing next) {
    retire(next.configuration());
    share(next.configuration());
    routing = next;
    enforce(LevelEntry::enforce);
  }

  /**
   * Forgets the flows that lead nowhere any more. Not where a level goes by itself: another
   * configuration may just be made ready, of whose flows levels know already, and no routing does.
   */
  private void retainFlows(Routing inForce) {
    Map<String, Set<String>> leads = inForce.flowSchemasByLevel();
    entries
        .values()
        .forEach(entry -> entry.retainFlows(leads.getOrDefault(entry.name(), Set.of())));
  }

  /**
   * Makes the levels do what was computed for them. Requests are told their fate on the way: what
   * one of them throws keeps neither the other levels nor what is measured from following.
   */
  private void enforce(Consumer<LevelEntry> way) {
    try {
      Failures.afterAll(entries.values(), way);
    } finally {
      long places = entries.values().stream().mapToLong(LevelEntry::places).sum();
      long seats = entries.values().stream().mapToLong(LevelEntry::nominalLimit).sum();
      loads
          .values()
          .forEach(
              load -> load.setFullLoad(Math.max(1, places), Math.max(1, seats), time.nanoTime()));
    }
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
                shares.forget(entry.name());
              }
              return !busy;
            });
  }

  private void share(FlowControlConfiguration configuration) {
    shares.share(entries, configuration.levels());
    shares.adjust(entries.values());
  }

  private LevelEntry create(PriorityLevelConfiguration object, LimitBounds bounds) {
    PriorityLevel level =
        new PriorityLevel(
            object.name(),
            LevelEntry.shape(object, bounds),
            LevelEntry.provisionalLimit(bounds),
            time,
            delayed,
            this::dropIdleLevelsSoon);
    return new LevelEntry(object, bounds, level, shares.configuredTotal(), bursts, enforcement);
  }

  /** Many levels that become idle at once are one change. */
  private void dropIdleLevelsSoon() {
    if (dropping.compareAndSet(false, true)) {
      delayed.after(0, this::dropIdleLevels);
    }
  }

  private void dropIdleLevels() {
    changes.lock();
    try {
      dropping.set(false); // before they are looked at: what becomes idle from here on asks again
      digest(routing());
    } finally {
      changes.unlock();
    }
  }
}
