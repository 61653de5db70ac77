package io.apfproxy.flowcontrol;

import io.apfproxy.borrowing.LimitAdjustment;
import io.apfproxy.borrowing.SeatDemandStats;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.LimitBounds;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.level.LevelState;
import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.BurstTerms;
import io.apfproxy.queueset.Failures;
import io.apfproxy.queueset.QueueSetState;
import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.SeatSeconds;
import io.apfproxy.work.DroppedRequests;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One level in being with what flow control adds to it: its object, its limits, its drops. What
 * requests read may be read by any thread; the rest belongs to {@link LevelTable}'s lock.
 */
final class LevelEntry {
  /*
   * Of the seats that were configured, not of those there are now: what is exempt is bounded by nothing else and so by memory, which
   * does not move. After an outage, or while the upstream is slow, seats are few; by those an administrator would be refused when he
   * is needed. What exempt requests hold counts as in use, so that seats follow it anyway (limits.md L-51).
   */
  private static final long EXEMPT_EXECUTING_PER_SEAT = 10;

  private final PriorityLevel level;

  private final ExemptGate exemptGate;
  private final BurstSeats bursts;
  private final Enforcement enforcement;
  private final Map<String, ShadowFlow> shadows = new ConcurrentHashMap<>();
  private final DroppedRequests drops = new DroppedRequests();
  private volatile PriorityLevelConfiguration configuration;
  private volatile long maxSeats;
  private volatile int enforcedPercent;

  private volatile QueuingShape shape;
  private LimitBounds configuredBounds;
  private LimitBounds bounds;
  private @Nullable BurstTerms burstTerms;
  private int loadWithoutSeats;
  private SeatDemandStats demand = SeatDemandStats.NONE;
  private int currentLimit;
  private double target;

  /**
   * @param configured seats of the whole server, by configuration
   * @param bursts seats beyond them for levels that have saved something
   * @param enforcement if the level does not say
   */
  LevelEntry(
      PriorityLevelConfiguration configuration,
      LimitBounds bounds,
      PriorityLevel level,
      int configured,
      BurstSeats bursts,
      Enforcement enforcement) {
    this.configuration = configuration;
    this.enforcement = enforcement;
    this.enforcedPercent = Enforcement.of(configuration, enforcement).percent();
    this.configuredBounds = bounds;
    this.bounds = bounds;
    this.level = level;
    this.bursts = bursts;
    this.exemptGate =
        configuration.isExempt()
            ? ExemptGate.of(EXEMPT_EXECUTING_PER_SEAT * configured)
            : ExemptGate.open();
    this.loadWithoutSeats = loadWithoutSeats(configured);
    this.shape = shape(configuration, bounds);
    this.currentLimit = provisionalLimit(bounds);
  }

  /**
   * How requests line up: as the object says, but where no seat can ever come they are refused at
   * once. The reference lets them wait in vain.
   */
  static QueuingShape shape(PriorityLevelConfiguration configuration, LimitBounds bounds) {
    if (configuration.isExempt()) {
      return QueuingShape.EXEMPT;
    }
    if (bounds.max() == 0) {
      return QueuingShape.REJECT;
    }
    Queuing queuing = configuration.queuing();
    return queuing == null
        ? QueuingShape.REJECT
        : new QueuingShape(queuing.queues(), queuing.handSize(), queuing.queueLengthLimit());
  }

  /** The limit of a new level, should the first adjustment fail. */
  static int provisionalLimit(LimitBounds bounds) {
    return bounds.nominal() - (bounds.nominal() - bounds.min()) / 2;
  }

  /** What counts as full load while the level has no seats. */
  private static int loadWithoutSeats(int total) {
    return (int) Math.max(1, Math.round(total / 10.0));
  }

  PriorityLevel level() {
    return level;
  }

  ExemptGate exemptGate() {
    return exemptGate;
  }

  String name() {
    return level.name();
  }

  String uid() {
    return configuration.uid();
  }

  boolean isExempt() {
    return configuration.isExempt();
  }

  /** Whether a request may have to wait in one of its queues. */
  boolean queues() {
    return shape.queues() > 0;
  }

  /** Requests that may wait in its queues; 0 without queues. */
  long places() {
    return shape.queues() > 0 ? shape.places() : 0;
  }

  /** Requests that may wait in one of its queues; 0 without queues. */
  int placesOfQueue() {
    return shape.queueLengthLimit();
  }

  int nominalLimit() {
    return bounds.nominal();
  }

  int currentLimit() {
    return currentLimit;
  }

  PriorityLevelConfiguration configuration() {
    return configuration;
  }

  /** Widest request it admits, 0 for no bound of its own. */
  long maxSeats() {
    return maxSeats;
  }

  /** Notes a refusal; returns the seconds after which its client may come back. */
  int recordDrop(long unixSecond) {
    drops.record(unixSecond);
    return drops.retryAfterSeconds();
  }

  /** Percent of the users whose requests are held to its decisions, from now on. */
  int enforcedPercent() {
    return enforcedPercent;
  }

  /** Of a schema's requests that are not; the same object at every call. */
  ShadowFlow shadow(String flowSchema) {
    return shadows.computeIfAbsent(flowSchema, name -> new ShadowFlow(level.shadowTally(name)));
  }

  /**
   * Forgets the counts of the schemas that lead here no longer, once they have no requests here.
   */
  void retainFlows(Set<String> flowSchemas) {
    level.retainTallies(flowSchemas);
    shadows
        .entrySet()
        .removeIf(flow -> !flowSchemas.contains(flow.getKey()) && flow.getValue().executing() == 0);
  }

  /**
   * Its object as accepted last. Takes effect at {@link #enforce}, but for who is held to the
   * decisions, which holds for whoever comes from now on.
   */
  void setConfiguration(PriorityLevelConfiguration accepted) {
    configuration = accepted;
    enforcedPercent = Enforcement.of(accepted, enforcement).percent();
  }

  /**
   * @param configured with all seats that the server has by configuration
   * @param present with those there are now
   * @param widest the widest request by configuration; none is wider than what is there now
   */
  void setBounds(LimitBounds configured, LimitBounds present, long widest) {
    configuredBounds = configured;
    bounds = present;
    maxSeats =
        widest == 0 || configured.equals(present)
            ? widest
            : Math.min(widest, Math.max(1, present.nominal()));
  }

  /** So many seats the whole server has now. */
  void setTotal(int total) {
    loadWithoutSeats = loadWithoutSeats(total);
  }

  /** Ends a borrowing period: what was wanted in it counts from now on. */
  void endPeriod() {
    demand = demand.after(level.resetDemand());
  }

  /** What the next limits are computed from: the periods that have ended. */
  LimitAdjustment.Level wanted() {
    return new LimitAdjustment.Level(
        isExempt(), bounds.nominal(), bounds.min(), bounds.max(), currentLimit, demand);
  }

  void setLimit(int limit, double newTarget) {
    currentLimit = limit;
    target = newTarget;
  }

  /** Makes the level follow its object and limit. Requests may be told their fate from here. */
  void enforce() {
    enforce(level::setLimit);
  }

  /** The same, but a lower limit is reached by and by. */
  void enforceByAndBy() {
    enforce(level::approachLimit);
  }

  private interface LimitSetter {
    void set(int limit, int fullLoad);
  }

  /** Each step tells requests their fate; what one of these throws does not skip the next step. */
  private void enforce(LimitSetter limit) {
    Runnable toLimit =
        () -> limit.set(currentLimit, currentLimit > 0 ? currentLimit : loadWithoutSeats);
    Failures.afterAll(List.of(this::followShape, toLimit, this::followBurst), Runnable::run);
  }

  private void followShape() {
    QueuingShape configured = shape(configuration, configuredBounds);
    if (!configured.equals(shape)) {
      shape = configured;
      level.reconfigure(configured);
    }
  }

  private void followBurst() {
    BurstTerms terms = terms();
    if (!Objects.equals(terms, burstTerms)) {
      burstTerms = terms;
      level.setBurst(terms, bursts);
    }
  }

  /** What it may save and spend; null if nothing, also where there is nothing to spend it on. */
  private @Nullable BurstTerms terms() {
    Burst burst = configuration.burst();
    return burst == null || bursts.seats() == 0
        ? null
        : new BurstTerms(burst.seats(), burst.seconds(), bounds.nominal());
  }

  LevelSnapshot snapshot() {
    LevelState state = level.state();
    QueueSetState set = state.queueSet();
    return new LevelSnapshot(
        state.name(),
        state.exempt(),
        set.idle(),
        state.quiescing(),
        set.queues(),
        set.activeQueues(),
        set.waiting(),
        set.executing(),
        set.dispatched(),
        set.rejected() + exemptGate.refused(),
        0,
        set.cancelled(),
        set.seatsInUse(),
        set.seatsWaiting(),
        bounds.nominal(),
        bounds.min(),
        bounds.max(),
        currentLimit,
        demand.highWatermark(),
        demand.average(),
        demand.deviation(),
        demand.smoothed(),
        target,
        SeatSeconds.toDouble(set.currentR()),
        SeatSeconds.toDouble(set.dispatchR()),
        SeatSeconds.toDouble(set.latestS()),
        SeatSeconds.toDouble(set.nextSMin()),
        SeatSeconds.toDouble(set.nextSMax()),
        SeatSeconds.toDouble(set.discountedSMin()),
        SeatSeconds.toDouble(set.discountedSMax()),
        set.epochAdvances(),
        set.epochAdvancesClamped(),
        state.load(),
        FlowSnapshots.of(state, shadows),
        enforcedPercent,
        placesOfQueue());
  }
}
