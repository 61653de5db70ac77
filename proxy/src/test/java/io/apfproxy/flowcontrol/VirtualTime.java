package io.apfproxy.flowcontrol;

import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that stands still until it is moved, and what is to happen later. Not thread-safe. */
final class VirtualTime implements TimeSource, DelayedActions {
  private final PriorityQueue<Action> actions =
      new PriorityQueue<>(Comparator.comparingLong(Action::at).thenComparingLong(Action::order));
  private long now;
  private long order;

  private record Action(long at, long order, Runnable action) {}

  @Override
  public long nanoTime() {
    return now;
  }

  @Override
  public long epochMillis() {
    return 1_790_000_000_000L + now / 1_000_000;
  }

  @Override
  public void after(long nanos, Runnable action) {
    actions.add(new Action(now + nanos, order++, action));
  }

  void advance(Duration by) {
    long end = now + by.toNanos();
    while (!actions.isEmpty() && actions.element().at() <= end) {
      Action next = actions.remove();
      now = next.at();
      next.action().run();
    }
    now = end;
  }

  /** Runs what is due now. */
  void settle() {
    advance(Duration.ZERO);
  }
}
