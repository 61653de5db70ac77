package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.SeatLease;
import io.apfproxy.upstream.exchange.HeldSeats;

/**
 * The seats of a request that the upstream works on.
 *
 * @param user who asked for them, by name
 */
record SeatsOfCall(String user, SeatLease lease) implements HeldSeats {
  @Override
  public int held() {
    return lease.isHeld() ? lease.seats() : 0;
  }

  @Override
  public boolean isAwaited() {
    return lease.isAwaited();
  }

  @Override
  public void pause() {
    lease.pause();
  }

  @Override
  public void resume() {
    lease.resume();
  }
}
