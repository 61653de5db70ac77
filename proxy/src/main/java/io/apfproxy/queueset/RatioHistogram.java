package io.apfproxy.queueset;

/**
 * How long a ratio was how large: each nanosecond counts for the value it found. Not thread-safe.
 * Source: reference, metrics/timing_ratio_histogram.go.
 */
public final class RatioHistogram {
  private final double[] upperBounds;
  private final long[] nanos;
  private double ratioNanos;

  private long numerator;
  private long denominator = 1;
  private double ratio;
  private int bucket;
  private long lastNanos;

  /**
   * @param upperBounds rising, each inclusive; one bucket more takes what lies above
   */
  public RatioHistogram(long nowNanos, double... upperBounds) {
    this.upperBounds = upperBounds;
    this.nanos = new long[upperBounds.length + 1];
    this.lastNanos = nowNanos;
  }

  /** From now on the ratio is this; costs next to nothing if it was before. */
  public void set(long newNumerator, long newDenominator, long nowNanos) {
    if (newNumerator == numerator && newDenominator == denominator) {
      return;
    }
    advance(nowNanos);
    numerator = newNumerator;
    denominator = newDenominator;
    ratio = (double) newNumerator / newDenominator;
    while (bucket > 0 && ratio <= upperBounds[bucket - 1]) {
      bucket--;
    }
    while (bucket < upperBounds.length && ratio > upperBounds[bucket]) {
      bucket++;
    }
  }

  /** What was measured until now. */
  public TimedRatio read(long nowNanos) {
    advance(nowNanos);
    return new TimedRatio(upperBounds.clone(), nanos.clone(), ratioNanos);
  }

  private void advance(long nowNanos) {
    long elapsed = nowNanos - lastNanos;
    if (elapsed > 0) {
      nanos[bucket] += elapsed;
      ratioNanos += ratio * elapsed;
      lastNanos = nowNanos;
    }
  }
}
