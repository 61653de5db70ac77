package io.apfproxy.server;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.request.RequestDigest;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Real flow control with a level of one seat, that counts how often each lease is closed. */
final class OneSeat implements FlowControl {
  private final ApfFlowControl inner = OneLevel.empty(1);

  final Queue<AtomicInteger> leases = new ConcurrentLinkedQueue<>();
  final AtomicInteger asked = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();

  OneSeat() {
    inner.apply(List.of(OneLevel.schema("one")), List.of(OneLevel.level("one")));
  }

  /** Puts another level into the place of the one in use. */
  void removeLevel() {
    inner.apply(List.of(OneLevel.schema("two")), List.of(OneLevel.level("two")));
  }

  @Override
  public Admission admit(RequestDigest digest, AdmissionListener listener) {
    waiting.incrementAndGet();
    asked.incrementAndGet();
    return inner.admit(
        digest,
        new AdmissionListener() {
          @Override
          public void onExecute(SeatLease lease) {
            waiting.decrementAndGet();
            AtomicInteger closed = new AtomicInteger();
            leases.add(closed);
            listener.onExecute(new Counted(lease, closed));
          }

          @Override
          public void onReject(Rejection rejection) {
            waiting.decrementAndGet();
            listener.onReject(rejection);
          }
        });
  }

  private record Counted(SeatLease inner, AtomicInteger closed) implements SeatLease {
    @Override
    public int seats() {
      return inner.seats();
    }

    @Override
    public long seatNanos() {
      return inner.seatNanos();
    }

    @Override
    public boolean isHeld() {
      return inner.isHeld();
    }

    @Override
    public boolean isAwaited() {
      return inner.isAwaited();
    }

    @Override
    public void watchInitialised() {
      inner.watchInitialised();
    }

    @Override
    public void close() {
      closed.incrementAndGet();
      inner.close();
    }
  }
}
