package io.apfproxy.replay;

import io.apfproxy.time.TimeSource;

/** A clock that stands still until it is moved. Not thread-safe. */
final class VirtualTime implements TimeSource {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long startMillis;
  private long now;

  /**
   * @param startMillis what the wall clock says at 0
   */
  VirtualTime(long startMillis) {
    this.startMillis = startMillis;
  }

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long epochMillis() {
    return startMillis + Math.floorDiv(now, NANOS_PER_MILLI);
  }

  /** Never back. */
  void moveTo(long nanos) {
    now = Math.max(now, nanos);
  }
}
