package io.apfproxy.budget;

import io.apfproxy.time.DelayedActions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntConsumer;

/**
 * All seats, but few of them at first when a server has come back, doubling each second until they
 * are all again. Thread-safe. Source: specification limits.md L-94.
 */
public final class RampedBudget implements Budget {
  /*
   * A server that has just started has cold caches, and meets all who waited for it. Those who hold
   * back are the queues before the seats, which know who is to come first.
   */
  private static final long STEP_NANOS = Duration.ofSeconds(1).toNanos();

  private final int least;
  private final int most;
  private final DelayedActions thread;
  private final List<IntConsumer> followers = new CopyOnWriteArrayList<>();
  private volatile int seats;
  private long ramp; // which one is under way; on the thread only

  /**
   * @param least seats, 1 or more: how many there are at first
   * @param most seats
   * @param thread runs one action at a time, and may take a level's lock
   */
  public RampedBudget(int least, int most, DelayedActions thread) {
    if (least < 1 || least > most) {
      throw new IllegalArgumentException("least seats are " + least + ", must be in 1.." + most);
    }
    this.least = least;
    this.most = most;
    this.seats = most;
    this.thread = thread;
  }

  @Override
  public int seats() {
    return seats;
  }

  @Override
  public int least() {
    return least;
  }

  @Override
  public int most() {
    return most;
  }

  @Override
  public void onChange(IntConsumer follow) {
    followers.add(follow);
  }

  @Override
  public void begin() {
    thread.after(0, this::restart);
  }

  private void restart() {
    ramp++;
    become(least);
  }

  private void become(int number) {
    seats = number;
    followers.forEach(follower -> follower.accept(number));
    if (number < most) {
      long mine = ramp;
      thread.after(STEP_NANOS, () -> grow(mine));
    }
  }

  private void grow(long mine) {
    if (mine == ramp) { // else it has begun anew
      become((int) Math.min(most, 2L * seats));
    }
  }
}
