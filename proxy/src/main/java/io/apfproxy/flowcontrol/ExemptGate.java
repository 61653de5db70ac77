package io.apfproxy.flowcontrol;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Last bound on requests that have no other: those of exempt levels. Thread-safe. */
final class ExemptGate {
  private static final long OPEN = Long.MAX_VALUE;

  private final long most;
  private final AtomicLong inside = new AtomicLong();
  private final LongAdder refused = new LongAdder();

  private ExemptGate(long most) {
    this.most = most;
  }

  /** For a level whose seats are counted: lets all through and costs nothing. */
  static ExemptGate open() {
    return new ExemptGate(OPEN);
  }

  /**
   * @param most requests inside at a time
   */
  static ExemptGate of(long most) {
    return new ExemptGate(most);
  }

  /** Whether one more may go in; each that did must {@link #leave}. */
  boolean enter() {
    if (most == OPEN) {
      return true;
    }
    if (inside.incrementAndGet() <= most) {
      return true;
    }
    inside.decrementAndGet();
    refused.increment();
    return false;
  }

  void leave() {
    if (most != OPEN) {
      inside.decrementAndGet();
    }
  }

  /** Requests inside, of those that may be. */
  Circumstances found() {
    return Circumstances.of(inside.get(), most);
  }

  long refused() {
    return refused.sum();
  }
}
