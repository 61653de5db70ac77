package io.apfproxy.flowcontrol;

import io.apfproxy.budget.SeatFollower;
import io.apfproxy.budget.SeatUse;
import io.apfproxy.classify.FlowMatch;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.queueset.QueueRow;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import io.apfproxy.work.ListCosts;
import io.apfproxy.work.ObjectReading;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.WatchTracker;
import io.apfproxy.work.WorkEstimate;
import io.apfproxy.work.WorkEstimator;
import io.apfproxy.work.WorkInputs;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * API Priority and Fairness: every request waits for the seats it occupies in the level and the
 * flow its schema puts it into. Thread-safe.
 */
public final class ApfFlowControl implements FlowControl, SeatFollower {
  private static final int EVERYBODY = 100;

  /*
   * A request reads one volatile reference and takes one lock, its level's. Changes of configuration and of limits go through
   * LevelTable, one at a time, and end in a new immutable Routing. A level that is dropped refuses to start requests, so one that
   * still held the old routing waits for the change to end, and is put where the new one says.
   */
  private final FlowControlSettings settings;
  private final TimeSource time;
  private final DelayedActions delayed;
  private final WatchTracker watches = new WatchTracker();
  private final ObjectStatistics polled;
  private final ObjectStatistics learned;
  private final @Nullable ListCosts costs;
  private final WorkEstimator estimator;
  private final LevelTable levels;
  private final LongAdder undecided = new LongAdder();

  /**
   * @param levels configured
   */
  ApfFlowControl(
      FlowControlSettings settings, TimeSource time, DelayedActions delayed, LevelTable levels) {
    this.settings = settings;
    this.delayed = delayed;
    this.time = time;
    this.polled = ObjectStatistics.polled(time);
    this.learned = ObjectStatistics.learned(time);
    this.costs =
        settings.learnedListCost()
            ? new ListCosts(time, settings.consistentReadsFromCache())
            : null;
    this.estimator =
        new WorkEstimator(
            key -> {
              ObjectReading told = polled.read(key);
              return told.state() == ObjectReading.State.NOT_TRACKED ? learned.read(key) : told;
            },
            watches,
            costs,
            settings.consistentReadsFromCache());
    this.levels = levels;
  }

  /**
   * Begins with the given configuration; {@link FlowControlConfiguration#builtIn} holds the
   * mandatory and the suggested objects.
   *
   * @param delayed runs the ends of additional latencies, and in shadow those of requests and of
   *     their patience; must not call back at once
   */
  public static ApfFlowControl create(
      FlowControlSettings settings,
      FlowControlConfiguration configuration,
      TimeSource time,
      DelayedActions delayed,
      FlowMetrics metrics) {
    LevelTable levels = new LevelTable(settings, time, delayed, metrics);
    levels.apply(previous -> configuration);
    return new ApfFlowControl(settings, time, delayed, levels);
  }

  /**
   * Puts a new configuration into force; rate limits stay. Requests that wait or execute stay where
   * they are; a level that is gone takes no new ones and is dropped once it is idle.
   *
   * @param schemas with their defaults; names are unique
   * @param priorityLevels with their defaults; names are unique
   * @return what it amounts to: which schemas dangle, which levels are unusable
   */
  public FlowControlConfiguration apply(
      Collection<FlowSchema> schemas, Collection<PriorityLevelConfiguration> priorityLevels) {
    return levels.apply(
        previous -> FlowControlConfiguration.digest(schemas, priorityLevels, previous));
  }

  /**
   * Puts other rate limits into force: they stand in {@link #configuration}, for whoever holds
   * requests to them; nothing else changes.
   *
   * @param limits valid, with their defaults; names are unique
   * @return the configuration in force from now on
   */
  public FlowControlConfiguration limit(Collection<RateLimit> limits) {
    return levels.limit(limits);
  }

  /** The configuration in force. */
  public FlowControlConfiguration configuration() {
    return levels.routing().configuration();
  }

  /** For what the server itself says of its objects; it counts more than what was learned. */
  public ObjectStatistics polledObjects() {
    return polled;
  }

  /** For what passing responses teach of the objects. */
  public ObjectStatistics learnedObjects() {
    return learned;
  }

  /** For what passing lists weigh; null where nothing is made of it. */
  public @Nullable ListCosts listCosts() {
    return costs;
  }

  /**
   * Shares so many seats from now on, 1 or more. Requests that wait or execute stay where they are,
   * and the borrowing period goes on.
   */
  @Override
  public void resize(int seats) {
    levels.resize(seats, LevelEntry::enforce);
  }

  /** The same for fewer: nobody's turn stands still until enough requests have ended. */
  @Override
  public void lower(int seats) {
    levels.resize(seats, LevelEntry::enforceByAndBy);
  }

  /** How the seats of all levels are used now; cheap enough for ten times a second. */
  public SeatUse seatUse() {
    return levels.seatUse();
  }

  /** Ends a borrowing period: moves seats to where they were wanted. To be called every 10 s. */
  public void adjustBorrowing() {
    levels.adjustBorrowing();
  }

  /** Part of its target that each level got when seats were last shared; 0 if they were scarce. */
  public double seatFairFraction() {
    return levels.seatFairFraction();
  }

  /** All levels in being, by name. */
  public List<LevelSnapshot> snapshot() {
    return levels.snapshot();
  }

  /** What the levels that may burst have saved and spend now, by name. */
  public SortedMap<String, BurstState> bursts() {
    return levels.bursts();
  }

  /** What waits and executes of one kind, in all levels together. */
  public KindLoad.Reading load(KindLoad.Kind kind) {
    return loadOf(kind).read(time.nanoTime());
  }

  /** The levels' counters, as kube-apiserver's {@code dump_priority_levels}. */
  public String dumpPriorityLevels() {
    return FlowControlDumps.priorityLevels(snapshot());
  }

  /** The queues of a level that were ever used, by rising index; empty for no such level. */
  public Optional<List<QueueRow>> queues(String level) {
    return levels.entries().stream()
        .filter(entry -> entry.name().equals(level))
        .findFirst()
        .map(entry -> entry.level().queues());
  }

  /** The queues, as kube-apiserver's {@code dump_queues}. */
  public String dumpQueues() {
    return FlowControlDumps.queues(levels.entries());
  }

  /**
   * The requests, as kube-apiserver's {@code dump_requests}.
   *
   * @param details whether to say who asks for what
   */
  public String dumpRequests(boolean details) {
    return FlowControlDumps.requests(levels.entries(), time, details);
  }

  /** The requests that wait or execute at this moment. For worker threads. */
  public List<PresentRequest> present() {
    return PresentRequest.of(levels.entries());
  }

  /** Those of one level; none if there is no such level. */
  public List<PresentRequest> present(String level) {
    return PresentRequest.of(
        levels.entries().stream().filter(entry -> entry.name().equals(level)).toList());
  }

  @Override
  public Admission admit(RequestDigest digest, AdmissionListener listener) {
    return admit(
        digest,
        settings.withInputs() ? estimator.inputs(digest.info(), digest.query()) : null,
        listener);
  }

  /**
   * Asks for seats, as wide as what was known at another time makes it: for a replay.
   *
   * @param inputs null for what is known now
   */
  public Admission admit(
      RequestDigest digest, @Nullable WorkInputs inputs, AdmissionListener listener) {
    Routing routing = levels.routing();
    FlowRequest request = request(routing, digest, inputs, listener);
    while (!request.start()) {
      routing = levels.nextRouting();
      request = request(routing, digest, inputs, listener);
    }
    request.recordArrival(inputs == null ? estimator.watchersOf(digest.info()) : inputs.watchers());
    if (request.isQueued() && undecided.sum() > settings.mostWaiting()) {
      request.crowdOut();
    }
    if (request instanceof ShadowRequest shadow) {
      shadow.pass(listener);
    }
    return request;
  }

  private FlowRequest request(
      Routing routing,
      RequestDigest digest,
      @Nullable WorkInputs inputs,
      AdmissionListener listener) {
    FlowMatch match = routing.classify(digest);
    Route route = routing.route(match.schemaIndex());
    long most = route.level().maxSeats();
    WorkEstimate work =
        inputs == null
            ? estimator.estimate(digest.info(), digest.query(), most)
            : estimator.estimate(digest.info(), digest.query(), most, inputs);
    int enforced = route.level().enforcedPercent(); // a change concerns those who come after it
    return enforced == EVERYBODY || Enforcement.holds(enforced, digest.user().name())
        ? new ApfRequest(this, route, match, work, digest, inputs, listener)
        : new ShadowRequest(this, route, match, work, digest, inputs);
  }

  /** How wide a request would be now; it is not admitted. */
  public WorkEstimate estimate(RequestDigest digest) {
    Routing routing = levels.routing();
    Route route = routing.route(routing.classify(digest).schemaIndex());
    return estimator.estimate(digest.info(), digest.query(), route.level().maxSeats());
  }

  /** How many seats wide a request is by itself, whatever its level lets it have. */
  public int width(RequestDigest digest) {
    return estimator.estimate(digest.info(), digest.query(), 0).maxSeats();
  }

  TimeSource time() {
    return time;
  }

  DelayedActions delayed() {
    return delayed;
  }

  KindLoad loadOf(KindLoad.Kind kind) {
    return Objects.requireNonNull(levels.loads().get(kind));
  }

  WatchTracker watches() {
    return watches;
  }

  /** Requests started whose fate is open: those that wait, and a few in passing. */
  LongAdder undecided() {
    return undecided;
  }
}
