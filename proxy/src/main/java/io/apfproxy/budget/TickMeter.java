package io.apfproxy.budget;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what is seen until it is enough to judge by: a second, and five pulses. Thread-safe.
 * Source: specification limits.md L-42, L-43.
 */
final class TickMeter {
  /*
   * The median, and no higher quantile, though waits for a processor have a long tail: pulses take three connections in turn, which
   * may lead to three servers, and a higher one would take the longer way to one of these for load. So one slow server of three is
   * not seen either.
   */
  static final long LEAST_NANOS = Duration.ofSeconds(1).toNanos();
  static final int LEAST_PULSES = 5;

  /** Ten a second come at most, so more only if they came late and all at once. */
  private static final int MOST_PULSES = 64;

  private final long[] pulses = new long[MOST_PULSES];
  private int count;
  private boolean refused;
  private long begun;
  private SeatUse first = new SeatUse(0, 0, false);
  private long samples;
  private double inUse;
  private long waiting;
  private boolean shadow;

  /** Begins anew; what was gathered is forgotten. */
  synchronized void begin(long now, SeatUse use) {
    count = 0;
    refused = false;
    begun = now;
    first = use;
    samples = 0;
    inUse = 0;
    waiting = 0;
    shadow = false;
  }

  synchronized void pulse(long nanos) {
    if (count < MOST_PULSES) {
      pulses[count++] = Math.max(0, nanos);
    }
  }

  synchronized void refused() {
    refused = true;
  }

  /** How seats are used now; to be told ten times a second. */
  synchronized void sample(SeatUse use) {
    samples++;
    inUse += use.inUse();
    waiting += use.waiting() ? 1 : 0;
    shadow |= use.shadow();
  }

  /** What was seen; null as long as it is not enough. Goes on gathering until {@link #begin}. */
  synchronized @Nullable Tick end(long now) {
    if (now - begun < LEAST_NANOS || count < LEAST_PULSES || samples == 0) {
      return null;
    }
    long[] sorted = Arrays.copyOf(pulses, count);
    Arrays.sort(sorted);
    return new Tick(
        now,
        sorted[count / 2],
        sorted[count / 4],
        inUse / samples,
        first,
        2 * waiting >= samples,
        refused,
        shadow);
  }
}
