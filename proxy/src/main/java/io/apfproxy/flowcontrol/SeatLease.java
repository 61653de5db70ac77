package io.apfproxy.flowcontrol;

/** Seats held by one executing request. Thread-safe. */
public interface SeatLease extends AutoCloseable {
  /** How many the request occupies while it executes, 0 if none. */
  int seats();

  /**
   * Seats times how long they have been held, in seat-nanoseconds; once they were given back it is
   * final, and the time counts for which they stay held after the response.
   */
  long seatNanos();

  /**
   * Whether it still holds them; after the response it may, for some time, without counting here.
   */
  boolean isHeld();

  /** Whether requests wait for seats in the same level. */
  boolean isAwaited();

  /**
   * A watch has sent its initial events: its seats go back while the stream goes on. Harmless when
   * repeated, or after {@link #close}.
   */
  void watchInitialised();

  /** The exchange has ended, in whatever way. Harmless when repeated. */
  @Override
  void close();
}
