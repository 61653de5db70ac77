package io.apfproxy.learn;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that all readers together have not looked at yet; what is over is not read. Thread-safe.
 */
final class Backlog {
  static final int MOST_OF_ONE = 256 << 10;
  static final int MOST = 16 << 20;

  private final AtomicLong bytes = new AtomicLong();

  /** Whether there was room. */
  boolean take(int more) {
    if (bytes.addAndGet(more) <= MOST) {
      return true;
    }
    giveBack(more);
    return false;
  }

  void giveBack(int less) {
    bytes.addAndGet(-less);
  }

  long bytes() {
    return bytes.get();
  }
}
