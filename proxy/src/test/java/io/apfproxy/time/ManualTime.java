package io.apfproxy.time;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that stands still until it is moved, and what is to happen later, which happens then. Any
 * thread may read it, one moves it.
 */
public final class ManualTime implements TimeSource, DelayedActions {
  private static final Instant SOME_DAY = Instant.ofEpochMilli(1_790_000_000_000L);

  private final AtomicLong now = new AtomicLong();
  private final long startMillis;
  private final PriorityQueue<Action> actions =
      new PriorityQueue<>(Comparator.comparingLong(Action::at).thenComparingLong(Action::order));
  private long order;

  private record Action(long at, long order, Runnable action) {}

  public ManualTime() {
    this(SOME_DAY);
  }

  private ManualTime(Instant start) {
    this.startMillis = start.toEpochMilli();
  }

  /**
   * @param start what its wall clock says; now, for certificates that are made while a test runs
   */
  public static ManualTime at(Instant start) {
    return new ManualTime(start);
  }

  @Override
  public long nanoTime() {
    return now.get();
  }

  @Override
  public long epochMillis() {
    return startMillis + Math.floorDiv(now.get(), 1_000_000L);
  }

  @Override
  public void after(long nanos, Runnable action) {
    actions.add(new Action(now.get() + nanos, order++, action));
  }

  /** Moves it, and does on the way what is due. */
  public void advance(Duration by) {
    long end = now.get() + by.toNanos();
    while (!actions.isEmpty() && actions.element().at() <= end) {
      Action next = actions.remove();
      now.set(Math.max(now.get(), next.at()));
      next.action().run();
    }
    now.set(by.isNegative() ? end : Math.max(now.get(), end)); // an action may have moved it on
  }

  /** Does what is due now. */
  public void settle() {
    advance(Duration.ZERO);
  }
}
