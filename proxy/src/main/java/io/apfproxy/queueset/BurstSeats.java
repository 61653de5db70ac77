package io.apfproxy.queueset;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The seats beyond all limits that levels with saved credit share. Thread-safe: one counter, which
 * levels change while they hold their own lock. Source: specification limits.md L-62, L-65.
 */
public final class BurstSeats {
  private final int seats;
  private final BooleanSupplier idle;
  private final AtomicInteger inUse = new AtomicInteger();

  /**
   * @param seats there are, at least 0
   * @param idle whether the upstream could do more than it does now; asked under a level's lock, so
   *     it only reads
   */
  public BurstSeats(int seats, BooleanSupplier idle) {
    if (seats < 0) {
      throw new IllegalArgumentException("burst seats are " + seats + ", must be 0 or more");
    }
    this.seats = seats;
    this.idle = idle;
  }

  /** None at all. */
  public static BurstSeats none() {
    return new BurstSeats(0, () -> false);
  }

  /** How many there are. */
  public int seats() {
    return seats;
  }

  /** How many levels hold now, together. */
  public int inUse() {
    return inUse.get();
  }

  /** Whether the upstream is idle enough for more. */
  boolean isIdle() {
    return idle.getAsBoolean();
  }

  int left() {
    return seats - inUse.get();
  }

  /** Takes so many, or none if they are not there. */
  boolean take(int wanted) {
    int held = inUse.get();
    while (wanted <= seats - held) {
      if (inUse.compareAndSet(held, held + wanted)) {
        return true;
      }
      held = inUse.get();
    }
    return false;
  }

  void give(int back) {
    inUse.addAndGet(-back);
  }
}
