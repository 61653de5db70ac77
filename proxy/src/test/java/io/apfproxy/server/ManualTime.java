package io.apfproxy.server;

import io.apfproxy.time.TimeSource;
import java.time.Duration;

/** A clock that stands still until it is moved. */
final class ManualTime implements TimeSource {
  private long now;

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long epochMillis() {
    return now / 1_000_000;
  }

  void advance(Duration by) {
    now += by.toNanos();
  }
}
