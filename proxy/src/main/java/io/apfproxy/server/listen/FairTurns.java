package io.apfproxy.server.listen;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Start-time fair queuing of an event loop's time among those of one level: connections of
 * somebody, or all somebodies. Not thread-safe. Source: specification security.md 12.
 *
 * <p>Where it is asked for, every second turn is for those who have had next to nothing, in the
 * order in which they came: what a handshake and a first request need does not wait for all that
 * send without end. And whoever has come to its end, as thousands may at once, goes after the
 * others, but for a share of the turns.
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

  /** Who had less has next to nothing: some handshakes and a head. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Those that leave have every second turn: as many do, in the long run, as come. */
  private static final int LEAVING_EVERY = 2;

  private final boolean favoursFresh;
  private final PriorityQueue<T> waiting = new PriorityQueue<>();
  private final PriorityQueue<T> fresh =
      new PriorityQueue<>(Comparator.comparingLong(Taker::order));
  private final Queue<T> leaving = new ArrayDeque<>();
  private boolean freshWasLast;
  private int turns;

  /** The latest start of those that had a turn, in ns of an equal share. */
  private long virtual;

  private long adds;

  /**
   * @param favoursFresh whether those who have had next to nothing have every second turn
   */
  FairTurns(boolean favoursFresh) {
    this.favoursFresh = favoursFresh;
  }

  /** Who takes turns, always of the same level. */
  abstract static class Taker implements Comparable<Taker> {
    private boolean isNew = true;
    private boolean keepsPlace;
    private long start;
    private long finish;
    private long order;
    private long had;
    private boolean leaving;

    /** It is as new to those among whom it waits from now on. */
    final void beginAnew() {
      isNew = true;
      keepsPlace = false;
      had = 0;
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
      had += nanos;
    }

    final long order() {
      return order;
    }

    /** It has come to its end, and whoever has not goes before it. */
    final void leaves() {
      leaving = true;
    }

    /** It has not, after all. */
    final void stays() {
      leaving = false;
    }

    final boolean isLeaving() {
      return leaving;
    }

    final boolean isFresh() {
      return had < FRESH_NANOS;
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
    lineOf(taker).add(taker);
  }

  private Queue<T> lineOf(T taker) {
    if (taker.isLeaving()) {
      return leaving;
    }
    return favoursFresh && taker.isFresh() ? fresh : waiting;
  }

  boolean isEmpty() {
    return waiting.isEmpty() && fresh.isEmpty() && leaving.isEmpty();
  }

  /** Begins the turn of whoever is next; somebody must wait. */
  T next() {
    Queue<T> line = nextLine();
    T next = line.remove();
    long start = next.begins();
    // who went before his time tells nothing of how far the others are
    virtual = line != waiting && !waiting.isEmpty() ? virtual : Math.max(virtual, start);
    return next;
  }

  private Queue<T> nextLine() {
    boolean nobodyElse = waiting.isEmpty() && fresh.isEmpty();
    if (nobodyElse || (++turns % LEAVING_EVERY == 0 && !leaving.isEmpty())) {
      return leaving;
    }
    // in turn where both wait, or those with next to nothing would keep all others waiting
    freshWasLast = !fresh.isEmpty() && (waiting.isEmpty() || !freshWasLast);
    return freshWasLast ? fresh : waiting;
  }

  /** Nobody waits any more; who did keeps its place. */
  void dismiss(Consumer<T> told) {
    waiting.forEach(told);
    waiting.clear();
    fresh.forEach(told);
    fresh.clear();
    leaving.forEach(told);
    leaving.clear();
  }
}
