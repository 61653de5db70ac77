package io.apfproxy.authn;

import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** A clock that stands still until moved; its wall clock starts at the real time. */
public final class ManualClock implements TimeSource {
  private final long startMillis = Instant.now().toEpochMilli();
  private long nanos;

  public void advance(Duration by) {
    nanos += by.toNanos();
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public long epochMillis() {
    return startMillis + Duration.ofNanos(nanos).toMillis();
  }
}
