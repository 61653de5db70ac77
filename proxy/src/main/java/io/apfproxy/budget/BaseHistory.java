package io.apfproxy.budget;

import java.time.Duration;
import java.util.Arrays;

/**
 * How long a pulse takes without load: the least of the last ten minutes, of each of which one
 * value is kept. Times are in nanoseconds. Not thread-safe. Source: specification limits.md L-42;
 * RFC 6817.
 */
final class BaseHistory {
  private static final int MINUTES = 10;
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long NONE = Long.MAX_VALUE;

  private final long[] least = new long[MINUTES];
  private long minute;

  BaseHistory() {
    Arrays.fill(least, NONE);
  }

  /** Notes how long pulses took, and returns the least there is. */
  long add(long nanos, long now) {
    long current = Math.floorDiv(now, MINUTE_NANOS);
    for (long i = Math.max(minute + 1, current - MINUTES + 1); i <= current; i++) {
      least[slot(i)] = NONE;
    }
    minute = current;
    least[slot(current)] = Math.min(least[slot(current)], nanos);
    long base = NONE;
    for (long value : least) {
      base = Math.min(base, value);
    }
    return base;
  }

  /** Forgets all but this. */
  void restart(long nanos, long now) {
    Arrays.fill(least, NONE);
    add(nanos, now);
  }

  private static int slot(long minute) {
    return (int) Math.floorMod(minute, (long) MINUTES);
  }
}
