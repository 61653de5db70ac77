package io.apfproxy.server.listen;

import io.apfproxy.time.TimeSource;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * Which of the sockets that have something are read in this round of an event loop, and in which
 * order: by start-time fair queuing of its time, and none any more after {@value #ROUND_MICROS} µs.
 * Not thread-safe. Source: specification security.md 12.
 */
final class ReadingTurns {
  /*
   * A turn of its own for each is not enough: whoever opens four hundred connections has four hundred
   * of them before it is anybody else's again, and a head of 250 KB is more than a millisecond that
   * cannot be divided. So a round is as long with one greedy connection as with a thousand, and in it
   * who takes less than an equal share goes first.
   */
  static final int ROUND_MICROS = 2_000;

  /*
   * The machine may have stood still in a turn, which is nobody's doing; so no more is charged than the
   * dearest bytes are known to take.
   */
  private static final long MOST_NANOS_A_TURN = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long MOST_NANOS_A_BYTE = 100;

  /**
   * Who has just come begins as if it had had a turn, or ever new ones would go before all others.
   */
  private static final long FIRST_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  /**
   * So much of what was not asked for in quiet times may be had at once, before those who never
   * rest.
   */
  private static final long LEAD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long ROUND_NANOS = TimeUnit.MICROSECONDS.toNanos(ROUND_MICROS);

  private final TimeSource time;
  private final PriorityQueue<Reader> ready = new PriorityQueue<>();

  /** The latest start of those that had a turn, in ns of an equal share. */
  private long virtual;

  private long adds;

  ReadingTurns(TimeSource time) {
    this.time = time;
  }

  /** A socket that can be read. Belongs to one event loop. */
  abstract static class Reader implements Comparable<Reader> {
    private boolean isNew = true;
    private boolean waits;
    private long start;
    private long finish;
    private long order;

    /** Reads it once; returns how many bytes that were, not negative. */
    abstract int read();

    @Override
    public final int compareTo(Reader other) {
      int byStart = Long.compare(start, other.start);
      return byStart == 0 ? Long.compare(order, other.order) : byStart;
    }
  }

  /** Has it take part in this round; at most once in each. */
  void add(Reader reader) {
    if (reader.isNew) {
      reader.isNew = false;
      reader.finish = virtual + FIRST_NANOS;
    }
    if (!reader.waits) {
      reader.waits = true;
      reader.start = Math.max(virtual - LEAD_NANOS, reader.finish);
      reader.order = adds++;
    }
    ready.add(reader);
  }

  /** Ends the round: who had no turn keeps its place, and has to be added again. */
  void read() {
    if (ready.isEmpty()) {
      return;
    }
    long began = time.nanoTime();
    long now = began;
    while (!ready.isEmpty() && now - began < ROUND_NANOS) {
      Reader next = ready.remove();
      next.waits = false;
      virtual = Math.max(virtual, next.start);
      int bytes = next.read();
      long end = time.nanoTime();
      next.finish = next.start + Math.min(end - now, MOST_NANOS_A_TURN + MOST_NANOS_A_BYTE * bytes);
      now = end;
    }
    ready.clear();
  }
}
