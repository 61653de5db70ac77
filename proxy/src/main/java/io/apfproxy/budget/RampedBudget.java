package io.apfproxy.budget;

import io.apfproxy.time.DelayedActions;
import java.time.Duration;

/**
 * All seats, but few of them at first when a server has come back, doubling each second until they
 * are all again. Thread-safe. Source: specification limits.md L-94.
 */
public final class RampedBudget extends Budget {
  /*
   * A server that has just started has cold caches, and meets all who waited for it. Those who hold
   * back are the queues before the seats, which know who is to come first.
   */
  private static final long STEP_NANOS = Duration.ofSeconds(1).toNanos();

  private final DelayedActions thread;
  private long ramp; // which one is under way; on the thread only

  /**
   * @param least seats, 1 or more: how many there are at first
   * @param most seats
   * @param thread runs one action at a time, and may take a level's lock
   */
  public RampedBudget(int least, int most, DelayedActions thread) {
    super(least, most, most);
    this.thread = thread;
  }

  @Override
  public void begin() {
    thread.after(0, this::restart);
  }

  private void restart() {
    ramp++;
    step(least());
  }

  private void step(int number) {
    become(number);
    if (number < most()) {
      long mine = ramp;
      thread.after(STEP_NANOS, () -> grow(mine));
    }
  }

  private void grow(long mine) {
    if (mine == ramp) { // else it has begun anew
      step((int) Math.min(most(), 2L * seats()));
    }
  }
}
