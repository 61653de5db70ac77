package io.apfproxy.whole;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Waiting, for what has no event to wait for: a measured time that passes. */
final class Clock {
  private Clock() {}

  static void sleep(Duration time) {
    sleepUntil(System.nanoTime() + time.toNanos());
  }

  /**
   * @param nanos as of {@link System#nanoTime}
   */
  static void sleepUntil(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos - System.nanoTime());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
