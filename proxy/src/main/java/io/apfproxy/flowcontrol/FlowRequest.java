package io.apfproxy.flowcontrol;

import io.apfproxy.classify.FlowMatch;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.WatchTracker;
import io.apfproxy.work.WorkEstimate;
import io.apfproxy.work.WorkInputs;
import org.jspecify.annotations.Nullable;

/**
 * A request of a level, held to its decisions or not: where it belongs, and what is counted of it.
 */
abstract class FlowRequest extends SeatRequest implements Admission, SeatLease {
  final ApfFlowControl control;
  final Route route;
  final int estimatedSeats;
  final KindLoad load;
  private final String flowDistinguisher;
  private final boolean ofWatch;
  private final @Nullable WorkInputs inputs;
  private RequestDigest digest; // immutable, so whoever reads it finds one or the other
  private volatile boolean overflowed;
  private volatile WatchTracker.@Nullable Registration watch;

  FlowRequest(
      ApfFlowControl control,
      Route route,
      FlowTally tally,
      FlowMatch match,
      WorkEstimate work,
      RequestDigest digest,
      @Nullable WorkInputs inputs) {
    super(
        tally,
        match.flowHash(),
        work.initialSeats(),
        work.finalSeats(),
        work.additionalLatencyNanos());
    this.control = control;
    this.route = route;
    this.flowDistinguisher = match.flowDistinguisher();
    this.digest = digest;
    this.inputs = inputs;
    this.ofWatch = digest.info().isWatch();
    this.estimatedSeats = work.maxSeats();
    this.load = control.loadOf(KindLoad.Kind.of(digest.info().verb()));
  }

  final RequestDigest digest() {
    return digest;
  }

  /** Keeps no more of what was asked than this. */
  final void shorten(RequestDigest rest) {
    digest = rest;
  }

  final boolean isWatch() {
    return ofWatch;
  }

  final String flowSchema() {
    return route.schema().name();
  }

  final String flowDistinguisher() {
    return flowDistinguisher;
  }

  /**
   * Enters its level.
   *
   * @return false if the level is gone: nothing happened
   */
  abstract boolean start();

  /** To be called by the thread that started it. */
  final void recordArrival(int watchers) {
    FlowMetrics.FlowMeter meter = route.meter();
    meter.estimated(estimatedSeats);
    if (isMutating()) {
      meter.watchersSeen(watchers);
    }
    if (queueLengthAtArrival() > 0) {
      meter.enqueued(queueLengthAtArrival());
    }
  }

  private boolean isMutating() {
    return switch (digest.info().verb()) {
      case "create", "update", "patch", "delete" -> true;
      default -> false;
    };
  }

  /** Whether it stands in a queue, be it in shadow only. */
  final boolean isQueued() {
    return state() == RequestState.WAITING;
  }

  @Override
  public final void crowdOut() {
    overflowed = true;
    leaveQueue();
  }

  final boolean leaveQueue() {
    return isQueued() && route.level().level().cancel(this);
  }

  @Override
  public final Classification classification() {
    return new Classification(
        route.schema().name(),
        route.schema().uid(),
        route.level().name(),
        route.level().uid(),
        flowDistinguisher);
  }

  @Override
  public final long arrivedAt() {
    return arrivalNanos();
  }

  @Override
  public final int width() {
    return estimatedSeats;
  }

  @Override
  public final @Nullable WorkInputs inputs() {
    return inputs;
  }

  final RejectReason reasonOf(Refusal refusal) {
    return switch (refusal) {
      case QUEUE_FULL -> RejectReason.QUEUE_FULL;
      case CONCURRENCY_LIMIT -> RejectReason.CONCURRENCY_LIMIT;
      case TIME_OUT -> overflowed ? RejectReason.QUEUE_FULL : RejectReason.TIME_OUT;
    };
  }

  /** What is told of its refusal, of the level that has just decided on it. */
  final Rejection rejection(RejectReason reason, long waitedNanos, int retryAfterSeconds) {
    int places = route.level().placesOfQueue();
    String why =
        switch (reason) {
          case QUEUE_FULL -> overflowed ? Rejection.TOO_MANY_WAITING : Rejection.queueFull(places);
          case CONCURRENCY_LIMIT -> Rejection.NO_QUEUES;
          case TIME_OUT -> Rejection.timeOut(estimatedSeats, waitedNanos);
        };
    return new Rejection(
        reason, retryAfterSeconds, estimatedSeats, why, Circumstances.of(this, places));
  }

  /** It is sent on: what is true of it whether or not it was held to the decision. */
  final void execute(AdmissionListener listener) {
    load.executing(1, control.time().nanoTime());
    route.meter().dispatched();
    if (ofWatch) {
      watch = control.watches().register(digest.info(), digest.query());
    }
    try {
      listener.onExecute(this);
    } catch (RuntimeException | Error e) {
      close(); // nobody else will
      throw e;
    }
  }

  /** Its exchange needs its seats no longer. Harmless when repeated. */
  abstract void returnSeats();

  @Override
  public void pause() {
    route.level().level().pause(this);
  }

  @Override
  public void resume() {
    route.level().level().resume(this);
  }

  @Override
  public final void watchInitialised() {
    if (ofWatch) {
      returnSeats();
    }
  }

  @Override
  public final void close() {
    returnSeats();
    WatchTracker.Registration registration = watch;
    if (registration != null) {
      registration.close();
    }
  }
}
