package io.apfproxy.flowcontrol;

import io.apfproxy.classify.FlowMatch;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.WatchTracker;
import io.apfproxy.work.WorkEstimate;
import org.jspecify.annotations.Nullable;

/** One request from arrival to the end of its response: its place in a queue, then its seats. */
final class ApfRequest extends SeatRequest implements Admission, SeatLease {
  private final ApfFlowControl control;
  private final Route route;
  private final String flowDistinguisher;
  private final RequestDigest digest;
  private final AdmissionListener listener;
  private final int estimatedSeats;
  private final KindLoad load;
  private boolean queued;
  private volatile boolean overflowed;
  private volatile WatchTracker.@Nullable Registration watch;

  ApfRequest(
      ApfFlowControl control,
      Route route,
      FlowMatch match,
      WorkEstimate work,
      RequestDigest digest,
      AdmissionListener listener) {
    super(
        route.tally(),
        match.flowHash(),
        work.initialSeats(),
        work.finalSeats(),
        work.additionalLatencyNanos());
    this.control = control;
    this.route = route;
    this.flowDistinguisher = match.flowDistinguisher();
    this.digest = digest;
    this.listener = listener;
    this.estimatedSeats = work.maxSeats();
    this.load = control.loadOf(KindLoad.Kind.of(digest.info().verb()));
  }

  RequestDigest digest() {
    return digest;
  }

  String flowSchema() {
    return route.schema().name();
  }

  String flowDistinguisher() {
    return flowDistinguisher;
  }

  /**
   * Enters its level.
   *
   * @return false if the level is gone: nothing happened
   */
  boolean start() {
    LevelEntry entry = route.level();
    if (!entry.exemptGate().enter()) {
      reject(RejectReason.CONCURRENCY_LIMIT, Rejection.TOO_MANY_EXEMPT, entry.exemptGate().found());
      return true;
    }
    control.undecided().increment();
    queued = entry.queues();
    if (queued) {
      load.waiting(1, control.time().nanoTime());
    }
    if (entry.level().start(this)) {
      return true;
    }
    decided();
    entry.exemptGate().leave();
    return false;
  }

  private void decided() {
    control.undecided().decrement();
    if (queued) {
      load.waiting(-1, control.time().nanoTime());
    }
  }

  /** To be called by the thread that started it. */
  void recordArrival(int watchers) {
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

  /** There are too many waiting in all: leaves its queue as if that had been full. */
  void overflow() {
    overflowed = true;
    cancel();
  }

  @Override
  public Classification classification() {
    return new Classification(
        route.schema().name(),
        route.schema().uid(),
        route.level().name(),
        route.level().uid(),
        flowDistinguisher);
  }

  @Override
  public boolean isWaiting() {
    return state() == RequestState.WAITING;
  }

  @Override
  public boolean cancel() {
    return isWaiting() && route.level().level().cancel(this);
  }

  @Override
  protected void onExecute() {
    decided();
    load.executing(1, control.time().nanoTime());
    route.meter().dispatched();
    recordWait(startNanos(), true);
    if (digest.info().isWatch()) {
      watch = control.watches().register(digest.info(), digest.query());
    }
    try {
      listener.onExecute(this);
    } catch (RuntimeException | Error e) {
      close(); // nobody else will
      throw e;
    }
  }

  @Override
  protected void onRefuse(Refusal refusal) {
    decided();
    RejectReason reason =
        switch (refusal) {
          case QUEUE_FULL -> RejectReason.QUEUE_FULL;
          case CONCURRENCY_LIMIT -> RejectReason.CONCURRENCY_LIMIT;
          case TIME_OUT -> overflowed ? RejectReason.QUEUE_FULL : RejectReason.TIME_OUT;
        };
    // a request that waited in vain counts as executed here: so it does in the reference
    long now = control.time().nanoTime();
    recordWait(now, reason == RejectReason.TIME_OUT);
    reject(
        reason,
        switch (reason) {
          case QUEUE_FULL ->
              overflowed
                  ? Rejection.TOO_MANY_WAITING
                  : Rejection.queueFull(route.level().placesOfQueue());
          case CONCURRENCY_LIMIT -> Rejection.NO_QUEUES;
          case TIME_OUT -> Rejection.timeOut(estimatedSeats, now - arrivalNanos());
        },
        Circumstances.of(this, route.level().placesOfQueue()));
  }

  private void recordWait(long untilNanos, boolean execute) {
    if (!route.level().isExempt()) {
      route.meter().waited(untilNanos - arrivalNanos(), execute);
    }
  }

  private void reject(RejectReason reason, String why, Circumstances found) {
    route.meter().rejected(reason);
    int retryAfter = route.level().recordDrop(control.time().epochMillis() / 1000);
    listener.onReject(new Rejection(reason, retryAfter, estimatedSeats, why, found));
  }

  @Override
  public long seatNanos() {
    return seatNanos(control.time().nanoTime());
  }

  @Override
  public boolean isHeld() {
    return state() == RequestState.EXECUTING;
  }

  @Override
  public boolean isAwaited() {
    return route.level().level().isAwaited();
  }

  @Override
  public void watchInitialised() {
    if (digest.info().isWatch()) {
      returnSeats();
    }
  }

  @Override
  public void close() {
    returnSeats();
    WatchTracker.Registration registration = watch;
    if (registration != null) {
      registration.close();
    }
  }

  private void returnSeats() {
    long now = control.time().nanoTime();
    if (route.level().level().finish(this)) {
      load.executing(-1, now);
      route.level().exemptGate().leave();
      route.meter().executed(now - startNanos(), digest.info().isWatch());
    }
  }
}
