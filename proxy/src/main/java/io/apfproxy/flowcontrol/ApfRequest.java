package io.apfproxy.flowcontrol;

import io.apfproxy.classify.FlowMatch;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.WorkEstimate;

/** One request from arrival to the end of its response: its place in a queue, then its seats. */
final class ApfRequest extends FlowRequest {
  private final AdmissionListener listener;
  private boolean queued;

  ApfRequest(
      ApfFlowControl control,
      Route route,
      FlowMatch match,
      WorkEstimate work,
      RequestDigest digest,
      AdmissionListener listener) {
    super(control, route, route.tally(), match, work, digest);
    this.listener = listener;
  }

  @Override
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

  @Override
  public boolean isWaiting() {
    return isQueued();
  }

  @Override
  public boolean cancel() {
    return leaveQueue();
  }

  @Override
  protected void onExecute() {
    decided();
    recordWait(startNanos(), true);
    execute(listener);
  }

  @Override
  protected void onRefuse(Refusal refusal) {
    decided();
    RejectReason reason = reasonOf(refusal);
    // a request that waited in vain counts as executed here: so it does in the reference
    long now = control.time().nanoTime();
    recordWait(now, reason == RejectReason.TIME_OUT);
    reject(
        reason,
        switch (reason) {
          case QUEUE_FULL ->
              hasOverflowed()
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
  void returnSeats() {
    long now = control.time().nanoTime();
    if (route.level().level().finish(this)) {
      load.executing(-1, now);
      route.level().exemptGate().leave();
      route.meter().executed(now - startNanos(), isWatch());
    }
  }
}
