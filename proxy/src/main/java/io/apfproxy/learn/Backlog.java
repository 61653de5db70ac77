package io.apfproxy.learn;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bytes that all readers together have not looked at yet; what is over is not read. Thread-safe.
 */
final class Backlog {
  static final int MOST_OF_ONE = 256 << 10;
  static final int MOST = 16 << 20;

  private final AtomicLong bytes = new AtomicLong();
  private final LongAdder overflows = new LongAdder();

  /**
   * Whether there was room.
   *
   * @param behind how many the one that asks has behind already
   */
  boolean take(int behind, int more) {
    boolean ofOne = behind == 0 || behind + more <= MOST_OF_ONE;
    if (ofOne && bytes.addAndGet(more) <= MOST) {
      return true;
    }
    if (ofOne) {
      giveBack(more);
    }
    overflows.increment();
    return false;
  }

  void giveBack(int less) {
    bytes.addAndGet(-less);
  }

  long bytes() {
    return bytes.get();
  }

  /** How many readers were given up for want of room. */
  long overflows() {
    return overflows.sum();
  }
}
