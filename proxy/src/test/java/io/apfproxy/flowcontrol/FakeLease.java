package io.apfproxy.flowcontrol;

/** One that holds nothing, but for what a test says of it. */
public interface FakeLease extends SeatLease {
  @Override
  default int seats() {
    return 0;
  }

  @Override
  default long seatNanos() {
    return 0;
  }

  @Override
  default boolean isHeld() {
    return false;
  }

  @Override
  default boolean isAwaited() {
    return false;
  }

  @Override
  default void watchInitialised() {}

  @Override
  default void close() {}
}
