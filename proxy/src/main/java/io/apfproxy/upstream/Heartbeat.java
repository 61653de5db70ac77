package io.apfproxy.upstream;

import java.time.Duration;

/**
 * Whether an event loop stood still, as it beats too late. Times are in nanoseconds. Not
 * thread-safe. Source: specification limits.md L-41; security.md S93.
 */
final class Heartbeat {
  static final long PERIOD_MILLIS = 20;
  private static final long LATEST_NANOS = Duration.ofMillis(100 + PERIOD_MILLIS).toNanos();

  private long last;
  private long stillUntil;
  private boolean stoodStill;

  /**
   * Begins.
   *
   * @param now monotonic time
   */
  Heartbeat(long now) {
    last = now;
  }

  /**
   * It beats.
   *
   * @return whether it stood still until now
   */
  boolean beat(long now) {
    boolean late = now - last > LATEST_NANOS;
    note(now);
    last = now;
    return late;
  }

  /** Whether it stood still at some time since then. */
  boolean stoodStill(long since, long now) {
    note(now);
    return stoodStill && stillUntil - since >= 0;
  }

  private void note(long now) {
    if (now - last > LATEST_NANOS) {
      stoodStill = true;
      stillUntil = now;
    }
  }
}
