package io.apfproxy.replay.figures;

/**
 * What is reported of a run: requests that come first in it, seats while it lasts. In nanoseconds
 * of the run.
 */
public record Span(long from, long until) {
  private static final int MOST_POINTS = 600;
  private static final long SECOND = 1_000_000_000;

  public Span {
    if (from > until) {
      throw new IllegalArgumentException("from is " + from + ", must be at most " + until);
    }
  }

  boolean holds(long nanos) {
    return nanos >= from && nanos <= until;
  }

  double seconds() {
    return (until - from) / 1e9;
  }

  /** Length of a point in time: whole seconds, so many that there are not too many points. */
  long piece() {
    long seconds = (until - from + SECOND * MOST_POINTS - 1) / (SECOND * MOST_POINTS);
    return Math.max(1, seconds) * SECOND;
  }
}
