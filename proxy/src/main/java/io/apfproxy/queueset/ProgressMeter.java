package io.apfproxy.queueset;

/**
 * Virtual time R of a queue set: the seat-seconds given to each busy queue so far, in units of
 * {@link SeatSeconds}.
 */
final class ProgressMeter {
  /*
   * R grows by min(limit, seats wanted) / busy queues per second and stands still when no queue is
   * busy. It is rounded at every advance, so it depends on the instants of the calls, and on nothing
   * else. Unsigned: 600 seats and one busy queue reach the first rebase after seven years.
   */
  /** What a rebase takes from R and from every reading of it that is kept. */
  static final long REBASE = -1L >>> 1;

  private static final long REBASE_AT = REBASE + REBASE / 2;

  private long r;
  private long lastNanos;

  ProgressMeter(long nowNanos) {
    this.lastNanos = nowNanos;
  }

  /**
   * Moves on to now, at the rate that held since the last call.
   *
   * @return whether R is so large that it must be rebased now
   */
  boolean advance(long nowNanos, double rate) {
    r += SeatSeconds.of(rate, nowNanos - lastNanos);
    lastNanos = nowNanos;
    return Long.compareUnsigned(r, REBASE_AT) >= 0;
  }

  void rebase() {
    r -= REBASE;
  }

  long r() {
    return r;
  }

  long lastNanos() {
    return lastNanos;
  }
}
