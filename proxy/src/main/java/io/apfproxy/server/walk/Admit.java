package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.flowcontrol.ShadowListener;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.StreamQueues;
import org.jspecify.annotations.Nullable;

/** The last station but one: seats. Long-running requests other than watches need none. */
final class Admit implements Station {
  private final FlowControl flowControl;
  private final WaitingGates waiting;
  private final HeaviestFlow heaviest;

  Admit(FlowControl flowControl, WaitingGates waiting, HeaviestFlow heaviest) {
    this.flowControl = flowControl;
    this.waiting = waiting;
    this.heaviest = heaviest;
  }

  @Override
  public Wait at(Call call) {
    if (LongRunning.bypasses(call.asked().info())) {
      return Wait.NONE;
    }
    InQueue wait = new InQueue(call);
    wait.enter();
    return wait;
  }

  private void wouldReject(
      Account account, Rejection rejection, long waitedNanos, Reporter reporter) {
    if (waitedNanos > 0) {
      reporter.wouldWait(account, waitedNanos);
    }
    reporter.wouldRefuse(
        account,
        Replies.tooManyRequests(rejection),
        rejection.found(),
        heaviest.heaviest(account.classification().priorityLevel()));
  }

  private final class InQueue extends Wait implements AdmissionListener {
    /*
     * Flow control answers within admit() on this thread, or later on any. Only the first kind is
     * taken at once; everything else is sent through the event loop's queue, which also keeps one
     * finished request from starting the next, and that the next but one, on one ever deeper stack.
     */
    private final Call call;
    private final Thread loop = Thread.currentThread();
    private volatile boolean entering;
    private @Nullable Admission admission;
    private @Nullable Rejection rejectedAtOnce;
    private @Nullable Rejection wouldBeRejectedAtOnce;

    InQueue(Call call) {
      this.call = call;
    }

    void enter() {
      entering = true;
      Admission place;
      try {
        place = flowControl.admit(call.digest(), this);
      } finally {
        entering = false;
      }
      admission = place;
      call.admitted(place);
      if (place.wouldWait()) {
        place.wouldWaitAtMost(call.queueWaitLeft());
      }
      Rejection would = wouldBeRejectedAtOnce;
      if (would != null) {
        wouldReject(call.account(), would, 0, call.reporter());
      }
      Rejection rejection = rejectedAtOnce;
      if (rejection != null) {
        reject(rejection);
      }
    }

    private boolean atOnce() {
      return Thread.currentThread() == loop && entering;
    }

    @Override
    public void onExecute(SeatLease seats) {
      if (atOnce()) {
        execute(seats);
      } else {
        call.loop().run(() -> execute(seats));
      }
    }

    private void execute(SeatLease seats) {
      call.seated(seats);
      goOn();
    }

    @Override
    public void onReject(Rejection rejection) {
      if (atOnce()) {
        rejectedAtOnce = rejection; // where it was put is known when admit() has returned
      } else {
        call.loop().run(() -> reject(rejection));
      }
    }

    @Override
    public void onWouldExecute(long waitedNanos) {
      call.loop().run(() -> call.reporter().wouldWait(call.account(), waitedNanos));
    }

    @Override
    public void onWouldReject(Rejection rejection, long waitedNanos) {
      if (atOnce()) {
        wouldBeRejectedAtOnce = rejection;
      } else {
        call.loop().run(() -> wouldReject(call.account(), rejection, waitedNanos, call.reporter()));
      }
    }

    @Override
    public ShadowListener afterExchange() {
      RequestLoop later = call.loop();
      Account brief = call.account().brief();
      Reporter reporter = call.reporter();
      return new ShadowListener() {
        @Override
        public void onWouldExecute(long waitedNanos) {
          later.run(() -> reporter.wouldWait(brief, waitedNanos));
        }

        @Override
        public void onWouldReject(Rejection rejection, long waitedNanos) {
          later.run(() -> wouldReject(brief, rejection, waitedNanos, reporter));
        }
      };
    }

    private void reject(Rejection rejection) {
      if (!isOver()) {
        Account account = call.account();
        account.foundFull(
            rejection.found(), heaviest.heaviest(account.classification().priorityLevel()));
        refuse(Replies.tooManyRequests(rejection));
      }
    }

    @Override
    void begin() {
      Admission place = admission;
      if (place == null || !place.isWaiting()) {
        return; // its answer is on its way
      }
      try {
        waiting.pass(call, this);
      } catch (RefusedException full) {
        place.crowdOut(); // it is flow control that refuses
        return;
      }
      StreamQueues.shrink(call.caller().request().response()); // many may wait, for long
      call.limit(this, call.queueWaitLeft());
    }

    @Override
    void cancel() {
      Admission place = admission;
      if (place != null) {
        place.cancel();
      }
    }
  }
}
