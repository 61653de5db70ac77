package io.apfproxy.flowcontrol;

/** Of no seats. */
public enum NoLease implements SeatLease {
  INSTANCE;

  @Override
  public int seats() {
    return 0;
  }

  @Override
  public long seatNanos() {
    return 0;
  }

  @Override
  public boolean isHeld() {
    return false;
  }

  @Override
  public boolean isAwaited() {
    return false;
  }

  @Override
  public void watchInitialised() {}

  @Override
  public void close() {}
}
