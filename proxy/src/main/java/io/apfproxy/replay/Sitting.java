package io.apfproxy.replay;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.AdmissionListener;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.replay.figures.Figures.FlowFigures;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request on its way through a {@link VirtualServer}, with its retries. */
final class Sitting implements AdmissionListener, Event {
  /*
   * Flow control answers within admit() or later. Where the request was put is known only when
   * admit() has returned, so an answer within is taken up after it.
   */
  private final VirtualServer server;
  private final Demand demand;
  private final long arrival;
  private final boolean counted;
  private final long leavesAt;
  private long serviceNanos;
  private long closesAt;
  private int retries;
  private boolean entering;
  private boolean served;
  private long deadline;
  private long began = Witness.NEVER;
  private @Nullable Admission admission;
  private @Nullable FlowFigures flow;
  private @Nullable SeatLease lease;
  private @Nullable Rejection rejection;

  Sitting(VirtualServer server, Demand demand, long arrival, boolean counted) {
    this.server = server;
    this.demand = demand;
    this.arrival = arrival;
    this.counted = counted;
    this.serviceNanos = demand.serviceNanos();
    this.closesAt = demand.closesAtNanos();
    this.leavesAt = demand.leavesAtNanos();
  }

  /** Comes, for the first time or again. */
  void enter() {
    rejection = null;
    entering = true;
    Admission place = server.control().admit(demand.digest(), demand.inputs(), this);
    entering = false;
    admission = place;
    if (flow == null) {
      FlowFigures found = server.figures().flow(place.classification());
      flow = found;
      if (counted) {
        server.figures().came(found, demand.digest());
      }
    }
    if (lease != null) {
      begin();
    } else if (rejection != null) {
      end(rejection);
    } else {
      long patience = server.now() + server.queueWait(demand.digest());
      deadline = Math.max(server.now(), Math.min(patience, leavesAt));
      server.at(deadline, Turn.DEPARTURE, this);
    }
  }

  @Override
  public void onExecute(SeatLease granted) {
    lease = granted;
    if (!entering) {
      begin();
    }
  }

  @Override
  public void onReject(Rejection refused) {
    rejection = refused;
    if (!entering) {
      end(refused);
    }
  }

  private FlowFigures flow() {
    return Objects.requireNonNull(flow);
  }

  private SeatLease lease() {
    return Objects.requireNonNull(lease);
  }

  private void begin() {
    long now = server.now();
    began = now;
    int seats = lease().seats();
    server.figures().used(flow(), seats, now);
    if (counted) {
      server.figures().began(flow(), demand.digest(), demand.agent(), now - arrival, now);
    }
    server.at(now + server.begins(seats, serviceNanos), Turn.FINISH, this);
  }

  private void end(Rejection refused) {
    long now = server.now();
    if (retries < server.terms().retries()) {
      retries++;
      if (counted) {
        server.figures().repeats(flow(), now);
      }
      server.at(now + refused.retryAfterSeconds() * VirtualServer.SECOND, Turn.ARRIVAL, this);
      return;
    }
    if (counted) {
      server.figures().refused(flow(), demand.digest(), demand.agent(), refused.reason(), now);
      tell(now, 0);
    }
    server.decided();
    demand.ended(refused.retryAfterSeconds());
  }

  @Override
  public void happen(Turn turn) {
    switch (turn) {
      case FINISH -> finish();
      case DEPARTURE -> depart();
      case ARRIVAL -> enter();
      case LINGER_END, TICK -> throw new IllegalStateException("nothing of a request: " + turn);
    }
  }

  private void finish() {
    served = true;
    int seats = lease().seats();
    server.ends(seats);
    boolean watch = demand.digest().info().isWatch();
    server.figures().used(flow(), -seats, server.now()); // first: others may get them at once
    server.end(this, watch ? lease()::watchInitialised : lease()::close);
    if (counted) {
      server.figures().held(flow(), lease().seatNanos());
      tell(server.now(), seats);
    }
    if (watch) {
      closeLater();
    }
    server.decided();
    demand.ended(Demand.SERVED);
  }

  private void tell(long now, int seats) {
    server
        .witness()
        .ended(
            Objects.requireNonNull(admission).classification(),
            demand.digest(),
            new Witness.Fate(arrival, began, now, seats));
  }

  /** Its seats stay held after the response. */
  void lingers() {
    server.figures().used(flow(), lease().seats(), server.now());
  }

  /** They are about to come back. */
  void lingered() {
    server.figures().used(flow(), -lease().seats(), server.now());
  }

  private void closeLater() {
    if (closesAt <= server.now()) {
      lease().close();
    } else if (closesAt < Long.MAX_VALUE) {
      server.at(closesAt, Turn.DEPARTURE, this);
    }
  }

  private void depart() {
    if (served) {
      if (server.now() >= closesAt) {
        lease().close();
      }
    } else if (server.now() >= deadline && lease == null) {
      Objects.requireNonNull(admission).cancel();
    }
  }
}
