package io.apfproxy.limit;

import java.util.concurrent.TimeUnit;

/** How many were refused in the last second, about. Thread-safe. */
final class RefusalRate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long since;
  private int refused;
  private int before;

  RefusalRate(long now) {
    this.since = now;
  }

  /** Counts one more; returns how many there were in a whole second, this one or the last. */
  synchronized int count(long now) {
    if (now - since >= SECOND) {
      before = now - since < 2 * SECOND ? refused : 0;
      refused = 0;
      since = now;
    }
    refused++;
    return Math.max(refused, before);
  }
}
