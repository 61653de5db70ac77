package io.apfproxy.flowcontrol;

import io.apfproxy.classify.FlowMatch;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.time.Cancellation;
import io.apfproxy.work.WorkEstimate;
import io.apfproxy.work.WorkInputs;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One request that is not held to its level's decision: it is sent on when it arrives, and what
 * would have become of it happens in the level's queue set. Source: specification seeing.md V-33,
 * V-34.
 */
final class ShadowRequest extends FlowRequest {
  /*
   * It arrives at a, and its exchange holds what it needs for x. In the queue set it gets its seats at v, as if it had been held
   * back, and gives them back at v + x, as it would have. Both can be waited for: x is known at a + x, which is not after v + x.
   *
   *                real end            virtual dispatch       client leaves, deadline      refused
   *   OPEN         x, 0 or more        DISPATCHED             leaves its queue             -
   *   DISPATCHED   x; ends after v - a -                      -                            -
   *   x            -                   ends after x           leaves its queue             -
   *
   * One compare-and-set decides which of the two came first; the second one, and no other, lets it end. One that would have been
   * refused never gets seats here, so there is nothing to end.
   */
  private static final long OPEN = -1;
  private static final long DISPATCHED = -2;
  private static final VarHandle HOLD = handle("hold", long.class);
  private static final VarHandle TOLD = handle("told", boolean.class);

  private volatile long hold = OPEN;
  private volatile Cancellation deadline = Cancellation.NONE;
  private volatile @Nullable WouldHave refused;

  /** Who is to be told of it; null before it was sent on. */
  private volatile @Nullable ShadowListener listener;

  private volatile @Nullable Verdict untold;
  private volatile boolean told;

  /*
   * For how long nobody served it before it would have had its seats: held to the decision it would
   * have waited then, and not been on its way. Its event loop's.
   */
  private boolean away;
  private long awaySinceNanos;
  private long awayNanos;

  /** What is told of it: it would have waited, and gone on or been refused. */
  private record Verdict(long waitedNanos, @Nullable Rejection rejection) {}

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(ShadowRequest.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  ShadowRequest(
      ApfFlowControl control,
      Route route,
      FlowMatch match,
      WorkEstimate work,
      RequestDigest digest,
      @Nullable WorkInputs inputs) {
    super(control, route, route.shadow().tally(), match, work, digest, inputs);
  }

  @Override
  boolean start() {
    control.undecided().increment();
    if (route.level().level().start(this)) {
      return true;
    }
    control.undecided().decrement();
    return false;
  }

  /** Sends it on; once, when it has started. */
  void pass(AdmissionListener listener) {
    route.shadow().executing(1, estimatedSeats);
    route.meter().waited(0, true);
    this.listener = listener;
    execute(listener);
    if (untold != null) {
      tell();
    }
  }

  /** Its exchange does not wait. */
  @Override
  public boolean isWaiting() {
    return false;
  }

  @Override
  public boolean wouldWait() {
    return isQueued();
  }

  @Override
  public void wouldWaitAtMost(long nanos) {
    if (isQueued()) {
      deadline = control.delayed().unlessCancelled(Math.max(0, nanos), this::cancel);
      if (!isQueued()) {
        deadline.cancel(); // it was decided in between, which may have been too early to see it
      }
    }
  }

  @Override
  public boolean cancel() {
    leaveQueue();
    return false;
  }

  @Override
  protected void onExecute() {
    decided();
    long waited = startNanos() - arrivalNanos();
    route.meter().wouldWait(waited, true);
    if (waited > 0) {
      tell(new Verdict(waited, null));
    }
    if (!HOLD.compareAndSet(this, OPEN, DISPATCHED)) {
      endAfter(startNanos() + hold - control.time().nanoTime());
    }
  }

  @Override
  protected void onRefuse(Refusal refusal) {
    decided();
    RejectReason reason = reasonOf(refusal);
    long waited = control.time().nanoTime() - arrivalNanos();
    refused = new WouldHave(true, waited, reason);
    route.meter().wouldWait(waited, reason == RejectReason.TIME_OUT);
    route.meter().wouldReject(reason);
    tell(new Verdict(waited, rejection(reason, waited, 0)));
  }

  private void tell(Verdict verdict) {
    untold = verdict;
    tell();
  }

  /** Its verdict; once, when there is somebody to be told. */
  private void tell() {
    ShadowListener to = listener;
    Verdict verdict = untold;
    if (to == null || verdict == null || !TOLD.compareAndSet(this, false, true)) {
      return;
    }
    Rejection rejection = verdict.rejection();
    if (rejection == null) {
      to.onWouldExecute(verdict.waitedNanos());
    } else {
      to.onWouldReject(rejection, verdict.waitedNanos());
    }
  }

  @Override
  public WouldHave wouldHave() {
    return switch (state()) {
      case EXECUTING, LINGERING, ENDED -> new WouldHave(true, startNanos() - arrivalNanos(), null);
      case CREATED, WAITING, REFUSED -> {
        WouldHave known = refused;
        yield known == null
            ? new WouldHave(false, control.time().nanoTime() - arrivalNanos(), null)
            : known;
      }
    };
  }

  private void decided() {
    control.undecided().decrement();
    deadline.cancel();
  }

  private void endAfter(long nanos) {
    if (nanos <= 0) {
      end();
    } else {
      control.delayed().after(nanos, this::end);
    }
  }

  private void end() {
    route.level().level().finish(this);
  }

  @Override
  public void pause() {
    if (!away && isQueued()) {
      away = true;
      awaySinceNanos = control.time().nanoTime();
    } else {
      super.pause();
    }
  }

  @Override
  public void resume() {
    if (away) {
      away = false;
      awayNanos += control.time().nanoTime() - awaySinceNanos;
    }
    super.resume();
  }

  @Override
  void returnSeats() {
    long now = control.time().nanoTime();
    long held = Math.max(0, now - arrivalNanos() - awayNanos);
    long before = hold;
    while (before < 0 && !HOLD.compareAndSet(this, before, held)) {
      before = hold;
    }
    if (before >= 0) {
      return;
    }
    load.executing(-1, now);
    route.shadow().executing(-1, -estimatedSeats);
    route.meter().executed(held, isWatch());
    if (before == DISPATCHED) {
      endAfter(startNanos() - arrivalNanos() - awayNanos);
    }
    if (state() == RequestState.WAITING || state() == RequestState.EXECUTING) {
      shorten(digest().brief()); // it may stand here for as long as it would wait
    }
    ShadowListener to = listener;
    listener = to == null || told || before == DISPATCHED ? null : to.afterExchange();
  }

  /** Of what its exchange really holds. */
  @Override
  public long seatNanos() {
    return estimatedSeats * heldNanos();
  }

  @Override
  public long heldNanos() {
    long held = hold;
    return held < 0 ? control.time().nanoTime() - arrivalNanos() : held;
  }

  @Override
  public boolean isHeld() {
    return hold < 0;
  }

  /** As if it were held to the decision: how long a client may take to read is not lifted. */
  @Override
  public boolean isAwaited() {
    return route.level().level().isAwaited();
  }
}
