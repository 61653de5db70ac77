package io.apfproxy.timer;

import io.apfproxy.time.DelayedActions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is done again and again: each time a period after the last one ended, and whenever it is
 * asked for besides. Thread-safe.
 */
public final class Repetition implements AutoCloseable {
  private final DelayedActions thread;
  private final long periodNanos;
  private final Runnable action;
  private final Runnable ending;
  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile boolean closed;

  /**
   * @param thread runs one action at a time, and bears those that throw
   * @param period between two times; the first comes after one period
   */
  public Repetition(DelayedActions thread, Duration period, Runnable action) {
    this(thread, period, action, () -> {});
  }

  private Repetition(DelayedActions thread, Duration period, Runnable action, Runnable ending) {
    this.thread = thread;
    this.periodNanos = period.toNanos();
    this.action = action;
    this.ending = ending;
    thread.after(periodNanos, this::again);
  }

  /** On a daemon thread of this name, which ends with it: for an action that may block. */
  public static Repetition alone(String name, Duration period, Runnable action) {
    Timers own = new Timers(name);
    return new Repetition(own, period, action, own::close);
  }

  private void again() {
    if (closed) {
      return;
    }
    try {
      action.run();
    } finally {
      thread.after(periodNanos, this::again);
    }
  }

  /**
   * Does it once more, soon: from its beginning, after this call. Never blocks; of many calls while
   * it is busy one more time comes.
   */
  public void now() {
    if (asked.compareAndSet(false, true)) {
      thread.after(0, this::onceMore);
    }
  }

  private void onceMore() {
    asked.set(false);
    if (!closed) {
      action.run();
    }
  }

  /** Never again; what runs on a thread of its own is interrupted. */
  @Override
  public void close() {
    closed = true;
    ending.run();
  }
}
