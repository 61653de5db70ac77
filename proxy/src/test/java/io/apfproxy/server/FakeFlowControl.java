package io.apfproxy.server;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.request.RequestDigest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Flow control that does as the test says, and counts. */
final class FakeFlowControl implements FlowControl {
  enum Answer {
    EXECUTE,
    WAIT,
    REJECT
  }

  static final Classification PLACE =
      new Classification("schema", "schema-uid", "level", "level-uid", "");

  private final Traps traps;
  volatile Answer answer = Answer.EXECUTE;
  final AtomicInteger executing = new AtomicInteger();
  final AtomicInteger paused = new AtomicInteger();
  final AtomicInteger closedTwice = new AtomicInteger();
  final AtomicInteger initialised = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();
  final Queue<Place> waiting = new ConcurrentLinkedQueue<>();

  FakeFlowControl() {
    this(new Traps());
  }

  FakeFlowControl(Traps traps) {
    this.traps = traps;
  }

  @Override
  public Admission admit(RequestDigest digest, AdmissionListener listener) {
    traps.at("admit");
    Place place = new Place(listener);
    switch (answer) {
      case EXECUTE -> place.execute();
      case WAIT -> waiting.add(place);
      case REJECT ->
          listener.onReject(
              new Rejection(
                  RejectReason.QUEUE_FULL, 7, 1, "its queue is full", Circumstances.NONE));
    }
    traps.at("admitted");
    return place;
  }

  final class Place implements Admission, SeatLease {
    private final AdmissionListener listener;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean watchGoesOn;

    Place(AdmissionListener listener) {
      this.listener = listener;
    }

    void execute() {
      waiting.remove(this);
      executing.incrementAndGet();
      listener.onExecute(this);
    }

    @Override
    public Classification classification() {
      return PLACE;
    }

    @Override
    public boolean isWaiting() {
      return waiting.contains(this);
    }

    @Override
    public boolean cancel() {
      traps.at("cancel");
      return leaves(RejectReason.TIME_OUT, "no seat came free");
    }

    @Override
    public void crowdOut() {
      leaves(RejectReason.QUEUE_FULL, "too many wait");
    }

    private boolean leaves(RejectReason reason, String why) {
      boolean waited = waiting.remove(this);
      if (waited) {
        cancelled.incrementAndGet();
        listener.onReject(new Rejection(reason, 1, 1, why, Circumstances.NONE));
      }
      return waited;
    }

    @Override
    public int seats() {
      return 1;
    }

    @Override
    public long seatNanos() {
      return 0;
    }

    @Override
    public boolean isHeld() {
      return !closed.get() && !watchGoesOn;
    }

    @Override
    public boolean isAwaited() {
      return !waiting.isEmpty();
    }

    @Override
    public void pause() {
      paused.incrementAndGet();
    }

    @Override
    public void resume() {
      paused.decrementAndGet();
    }

    @Override
    public void watchInitialised() {
      traps.at("watch initialised");
      initialised.incrementAndGet();
      watchGoesOn = true;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        executing.decrementAndGet();
      } else {
        closedTwice.incrementAndGet();
      }
      traps.at("lease closed");
    }
  }
}
