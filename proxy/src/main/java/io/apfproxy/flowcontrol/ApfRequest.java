package io.apfproxy.flowcontrol;

import io.apfproxy.classify.FlowMatch;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.WorkEstimate;
import io.apfproxy.work.WorkInputs;
import org.jspecify.annotations.Nullable;

/** One request from arrival to the end of its response: its place in a queue, then its seats. */
final class ApfRequest extends FlowRequest {
  private @Nullable AdmissionListener listener; // until it is told: a watch lasts for hours
  private boolean queued;

  ApfRequest(
      ApfFlowControl control,
      Route route,
      FlowMatch match,
      WorkEstimate work,
      RequestDigest digest,
      @Nullable WorkInputs inputs,
      AdmissionListener listener) {
    super(control, route, route.tally(), match, work, digest, inputs);
    this.listener = listener;
  }

  @Override
  boolean start() {
    LevelEntry entry = route.level();
    if (!entry.exemptGate().enter()) {
      reject(
          new Rejection(
              RejectReason.CONCURRENCY_LIMIT,
              retryAfter(),
              estimatedSeats,
              Rejection.TOO_MANY_EXEMPT,
              entry.exemptGate().found()));
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
    execute(told());
  }

  @Override
  protected void onRefuse(Refusal refusal) {
    decided();
    RejectReason reason = reasonOf(refusal);
    // a request that waited in vain counts as executed here: so it does in the reference
    long now = control.time().nanoTime();
    recordWait(now, reason == RejectReason.TIME_OUT);
    reject(rejection(reason, now - arrivalNanos(), retryAfter()));
  }

  private void recordWait(long untilNanos, boolean execute) {
    if (!route.level().isExempt()) {
      route.meter().waited(untilNanos - arrivalNanos(), execute);
    }
  }

  private void reject(Rejection rejection) {
    route.meter().rejected(rejection.reason());
    told().onReject(rejection);
  }

  /** Whom to tell, which is done once. */
  private AdmissionListener told() {
    AdmissionListener waiting = listener;
    if (waiting == null) {
      throw new IllegalStateException("told already");
    }
    listener = null;
    return waiting;
  }

  /** Of one that is refused now: that is counted. */
  private int retryAfter() {
    return route.level().recordDrop(control.time().epochMillis() / 1000);
  }

  @Override
  public long seatNanos() {
    return seatNanos(control.time().nanoTime());
  }

  @Override
  public long waitedNanos() {
    return startNanos() - arrivalNanos();
  }

  @Override
  public long heldNanos() {
    return heldNanos(control.time().nanoTime());
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
