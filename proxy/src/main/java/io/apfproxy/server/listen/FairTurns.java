package io.apfproxy.server.listen;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Start-time fair queuing of an event loop's time among those of one level: connections of
 * somebody, or all somebodies. Not thread-safe. Source: specification security.md 12.
 */
final class FairTurns<T extends FairTurns.Taker> {
  /**
   * Who has just come begins as if it had had a turn, or ever new ones would go before all others.
   */
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /**
   * So much of what was not asked for in quiet times may be had at once, before those who never
   * rest.
   */
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final PriorityQueue<T> waiting = new PriorityQueue<>();

  /** The latest start of those that had a turn, in ns of an equal share. */
  private long virtual;

  private long adds;

  /** Who takes turns, always of the same level. */
  abstract static class Taker implements Comparable<Taker> {
    private boolean isNew = true;
    private boolean keepsPlace;
    private long start;
    private long finish;
    private long order;

    /** It is as new to those among whom it waits from now on. */
    final void beginAnew() {
      isNew = true;
      keepsPlace = false;
    }

    final void waits(long virtual, long last) {
      if (isNew) {
        isNew = false;
        finish = virtual + FIRST_NANOS;
      }
      if (!keepsPlace) {
        keepsPlace = true;
        start = Math.max(virtual - LEAD_NANOS, finish);
        order = last;
      }
    }

    final long begins() {
      keepsPlace = false;
      return start;
    }

    /** Ends its turn. */
    final void took(long nanos) {
      finish = start + nanos;
    }

    @Override
    public final int compareTo(Taker other) {
      int byStart = Long.compare(start, other.start);
      return byStart == 0 ? Long.compare(order, other.order) : byStart;
    }
  }

  /** Has it wait for a turn, at the place it kept if there is one; it must not wait yet. */
  void add(T taker) {
    taker.waits(virtual, adds++);
    waiting.add(taker);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Begins the turn of the one that has had least; somebody must wait. */
  T next() {
    T next = waiting.remove();
    virtual = Math.max(virtual, next.begins());
    return next;
  }

  /** Nobody waits any more; who did keeps its place. */
  void dismiss(Consumer<T> told) {
    waiting.forEach(told);
    waiting.clear();
  }
}
