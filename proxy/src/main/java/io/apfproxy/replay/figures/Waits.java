package io.apfproxy.replay.figures;

import org.jspecify.annotations.Nullable;

/**
 * How long requests waited, in nanoseconds. Quantiles are at most 1 % off; the largest is exact.
 * Not thread-safe.
 */
public final class Waits {
  /*
   * Log-linear: 64 classes of equal width between two powers of two, so that the middle of a class is
   * at most 1/128 away from what fell into it. Classes come into being by the 64, as most flows wait
   * for nothing, or for about as long each time.
   */
  private static final int BITS = 6;
  private static final int CLASSES = 1 << BITS;
  private static final int SEGMENTS = Long.SIZE - BITS;

  private long @Nullable [] @Nullable [] segments;
  private long zeros;
  private long number;
  private long most;

  /**
   * @param nanos none negative
   */
  public void add(long nanos) {
    number++;
    if (nanos == 0) {
      zeros++;
      return;
    }
    most = Math.max(most, nanos);
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
    int segment = Math.max(0, power - BITS + 1);
    int at = (int) (nanos >>> Math.max(0, power - BITS)) & (CLASSES - 1);
    long[] counts = segment(segment);
    counts[at]++;
  }

  private long[] segment(int index) {
    long[][] all = segments;
    if (all == null) {
      all = new long[SEGMENTS][];
      segments = all;
    }
    long[] counts = all[index];
    if (counts == null) {
      counts = new long[CLASSES];
      all[index] = counts;
    }
    return counts;
  }

  /** How many there were. */
  public long number() {
    return number;
  }

  /** The longest, 0 if nobody came. */
  public long most() {
    return most;
  }

  /**
   * What that part of all waited at most.
   *
   * @param part above 0, up to 1
   * @return nanoseconds; 0 if nobody came
   */
  public long quantile(double part) {
    long rank = (long) Math.ceil(part * number);
    long seen = zeros;
    long[][] all = segments;
    if (seen >= rank || all == null) {
      return 0;
    }
    for (int segment = 0; segment < SEGMENTS; segment++) {
      long[] counts = all[segment];
      for (int at = 0; counts != null && at < CLASSES; at++) {
        seen += counts[at];
        if (counts[at] > 0 && seen >= rank) {
          return Math.min(middle(segment, at), most);
        }
      }
    }
    return most;
  }

  private static long middle(int segment, int at) {
    if (segment == 0) {
      return at; // each has a class of its own
    }
    long width = 1L << (segment - 1);
    return (CLASSES + at) * width + (width >> 1);
  }

  /** Forgets all. */
  void clear() {
    segments = null;
    zeros = 0;
    number = 0;
    most = 0;
  }
}
