package io.apfproxy.flowcontrol;

import io.apfproxy.level.PriorityLevel;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.time.TimeSource;

/** One request of a {@link SingleLevel}: its place in the queue, then its seat. */
final class SingleRequest extends SeatRequest implements Admission, SeatLease {
  private static final int RETRY_AFTER_SECONDS = 1;

  private final PriorityLevel level;
  private final Classification where;
  private final boolean watch;
  private final AdmissionListener listener;
  private final TimeSource time;
  private volatile boolean overflowed;

  SingleRequest(
      PriorityLevel level,
      FlowTally tally,
      Classification where,
      boolean watch,
      AdmissionListener listener,
      TimeSource time) {
    super(tally, 0, 1, 0, 0);
    this.level = level;
    this.where = where;
    this.watch = watch;
    this.listener = listener;
    this.time = time;
  }

  @Override
  public Classification classification() {
    return where;
  }

  @Override
  public boolean isWaiting() {
    return state() == RequestState.WAITING;
  }

  @Override
  public boolean cancel() {
    return isWaiting() && level.cancel(this);
  }

  @Override
  public void crowdOut() {
    overflowed = true;
    cancel();
  }

  @Override
  protected void onExecute() {
    try {
      listener.onExecute(this);
    } catch (RuntimeException | Error e) {
      close(); // nobody else will
      throw e;
    }
  }

  @Override
  protected void onRefuse(Refusal refusal) {
    RejectReason reason =
        switch (refusal) {
          case QUEUE_FULL -> RejectReason.QUEUE_FULL;
          case CONCURRENCY_LIMIT -> RejectReason.CONCURRENCY_LIMIT;
          case TIME_OUT -> overflowed ? RejectReason.QUEUE_FULL : RejectReason.TIME_OUT;
        };
    String why =
        switch (reason) {
          case QUEUE_FULL ->
              overflowed
                  ? Rejection.TOO_MANY_WAITING
                  : Rejection.queueFull(SingleLevel.QUEUE_LENGTH);
          case CONCURRENCY_LIMIT -> Rejection.NO_QUEUES;
          case TIME_OUT -> Rejection.timeOut(initialSeats(), time.nanoTime() - arrivalNanos());
        };
    listener.onReject(
        new Rejection(
            reason,
            RETRY_AFTER_SECONDS,
            initialSeats(),
            why,
            Circumstances.of(this, SingleLevel.QUEUE_LENGTH)));
  }

  @Override
  public long seatNanos() {
    return seatNanos(time.nanoTime());
  }

  @Override
  public long heldNanos() {
    return heldNanos(time.nanoTime());
  }

  @Override
  public boolean isHeld() {
    return state() == RequestState.EXECUTING;
  }

  @Override
  public boolean isAwaited() {
    return level.isAwaited();
  }

  @Override
  public void watchInitialised() {
    if (watch) {
      close();
    }
  }

  @Override
  public void close() {
    level.finish(this);
  }
}
