package io.apfproxy.server.listen;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/**
 * Requests of one event loop that have come and not begun. Connections begin them in turns. Source:
 * specification security.md S33.
 */
public final class Arrivals {
  /*
   * One read may hold the heads of hundreds of requests, and behind each its reset. So a request
   * begins when all that was read with it has been decoded: what its client has reset by then costs
   * nothing more. And a connection that brings hundreds holds up others by one of them at a time.
   * All begin before the event loop reads again: clients are to wait in their own sockets, not here.
   *
   * No gate was passed yet, so there is room for little. What finds none begins at once, and is
   * refused or counted like all that wait.
   */

  /** So few take no room to speak of. */
  private static final int FREE = 64;

  private final Executor afterReading;
  private final ArrivedBytes all;
  private final Deque<Line> turns = new ArrayDeque<>();
  private final Runnable begin = this::beginAll;
  private boolean isDue;
  private int number;
  private long bytes;

  /** Those of one connection, in the order in which they came. */
  public static final class Line {
    private final Deque<Waiting> arrivals = new ArrayDeque<>(1);
  }

  private record Waiting(Arrival arrival, long size) {}

  /** A request that has come. */
  public interface Arrival {
    /** Whether nobody waits for it any more. */
    boolean isGone();

    /** What it takes in memory; counted once. */
    long bytes();

    void begin();
  }

  /**
   * @param afterReading runs a step on the event loop when what it reads now has been decoded
   * @param all is told what all event loops have here
   */
  public Arrivals(Executor afterReading, ArrivedBytes all) {
    this.afterReading = afterReading;
    this.all = all;
  }

  public void add(Line connection, Arrival arrival) {
    long size = number < FREE ? 0 : arrival.bytes();
    if (bytes + size > ArrivedBytes.MOST_OF_LOOP) {
      all.overflowed();
      arrival.begin();
      return;
    }
    number++;
    count(size);
    if (connection.arrivals.isEmpty()) {
      turns.add(connection);
    }
    connection.arrivals.add(new Waiting(arrival, size));
    if (!isDue) {
      isDue = true;
      afterReading.execute(begin);
    }
  }

  /** Those that have come begin now. */
  public void beginAll() {
    try {
      while (!turns.isEmpty()) {
        next(turns.remove());
      }
    } finally {
      isDue = !turns.isEmpty(); // one threw: the others begin all the same
      if (isDue) {
        afterReading.execute(begin);
      }
    }
  }

  private void next(Line connection) {
    Arrival next = take(connection);
    while (next.isGone() && !connection.arrivals.isEmpty()) {
      next = take(connection);
    }
    if (!connection.arrivals.isEmpty()) {
      turns.add(connection);
    }
    if (!next.isGone()) {
      next.begin();
    }
  }

  private Arrival take(Line connection) {
    Waiting first = connection.arrivals.remove();
    number--;
    count(-first.size);
    return first.arrival;
  }

  private void count(long size) {
    bytes += size;
    all.add(size);
  }
}
