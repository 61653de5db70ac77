package io.apfproxy.tracing;

import io.opentelemetry.sdk.common.Clock;

/** Both clocks stand still until they are moved. */
final class ManualClock implements Clock {
  /** Of the wall clock, when the other one stands at 0. */
  static final long EPOCH = 1_700_000_000_000_000_000L;

  private volatile long nanos;

  void moveTo(long instant) {
    nanos = instant;
  }

  @Override
  public long now() {
    return EPOCH + nanos;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }
}
