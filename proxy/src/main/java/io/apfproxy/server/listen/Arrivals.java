package io.apfproxy.server.listen;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Requests of one event loop that have come and not begun. Connections begin them in turns. Source:
 * specification security.md S33.
 */
public final class Arrivals {
  /*
   * One read may hold the heads of hundreds of requests, and behind each its reset. So a request
   * begins when all that was read with it has been decoded: what its client has reset by then costs
   * nothing more. And a connection that brings hundreds holds up others by one of them at a time.
   * What does not fit into a turn waits until the event loop has read again, or those who come then
   * would wait for all who are here.
   */
  private static final long TURN_NANOS = 1_000_000;

  private final Executor afterReading;
  private final Executor afterReadingAgain;
  private final LongSupplier clock;
  private final Deque<Line> turns = new ArrayDeque<>();
  private final Runnable turn = this::turn;
  private boolean hasTurn;

  /** Those of one connection, in the order in which they came. */
  public static final class Line {
    private final Deque<Arrival> arrivals = new ArrayDeque<>(1);
  }

  /** A request that has come. */
  public interface Arrival {
    /** Whether nobody waits for it any more. */
    boolean isGone();

    void begin();
  }

  /**
   * @param afterReading runs a step on the event loop when what it reads now has been decoded
   * @param afterReadingAgain the same, once it has looked for more to read
   * @param clock monotonic, in nanoseconds
   */
  public Arrivals(Executor afterReading, Executor afterReadingAgain, LongSupplier clock) {
    this.afterReading = afterReading;
    this.afterReadingAgain = afterReadingAgain;
    this.clock = clock;
  }

  public void add(Line connection, Arrival arrival) {
    if (connection.arrivals.isEmpty()) {
      turns.add(connection);
    }
    connection.arrivals.add(arrival);
    if (!hasTurn) {
      hasTurn = true;
      afterReading.execute(turn);
    }
  }

  private void turn() {
    long start = clock.getAsLong();
    try {
      do {
        next(turns.remove());
      } while (!turns.isEmpty() && clock.getAsLong() - start < TURN_NANOS);
    } finally { // whatever is thrown, the others begin
      hasTurn = !turns.isEmpty();
      if (hasTurn) {
        afterReadingAgain.execute(turn);
      }
    }
  }

  private void next(Line connection) {
    Deque<Arrival> line = connection.arrivals;
    Arrival next = line.remove();
    while (next.isGone() && !line.isEmpty()) {
      next = line.remove();
    }
    if (!line.isEmpty()) {
      turns.add(connection);
    }
    if (!next.isGone()) {
      next.begin();
    }
  }
}
