package io.apfproxy.time;

import java.time.Duration;

/** A clock that stands still until it is moved. */
public final class ManualTime implements TimeSource {
  private long now;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long epochMillis() {
    return now / 1_000_000;
  }

  public void advance(Duration by) {
    now += by.toNanos();
  }
}
