package io.apfproxy.flowcontrol;

import org.jspecify.annotations.Nullable;

/** Seats held by one executing request. Thread-safe. */
public interface SeatLease extends AutoCloseable {
  /** How many the request occupies while it executes, 0 if none. */
  int seats();

  /** How many of them its execution itself takes. */
  default int initialSeats() {
    return seats();
  }

  /** How many of them stay occupied after the response. */
  default int finalSeats() {
    return 0;
  }

  /** How long those do. */
  default long additionalLatencyNanos() {
    return 0;
  }

  /** What its level would have done with it; null of a request that is held to its decision. */
  default @Nullable WouldHave wouldHave() {
    return null;
  }

  /**
   * Seats times how long they have been held, in seat-nanoseconds; once they were given back it is
   * final, and the time counts for which they stay held after the response.
   */
  long seatNanos();

  /** How long it waited for them, in nanoseconds. */
  default long waitedNanos() {
    return 0;
  }

  /**
   * How long it has needed them for its exchange, in nanoseconds; final once they were given back.
   * Without the time for which some stay held afterwards. 0 where nobody measures it.
   */
  default long heldNanos() {
    return 0;
  }

  /**
   * Whether it still holds them; after the response it may, for some time, without counting here.
   */
  boolean isHeld();

  /** Whether requests wait for seats in the same level. */
  boolean isAwaited();

  /**
   * Nobody serves the request for now, which is no doing of whoever sent it: it keeps its seats,
   * and its flow is not charged for them until {@link #resume} or {@link #close}. Harmless when
   * repeated.
   */
  default void pause() {}

  /** Somebody serves it again. Harmless when repeated, or where nothing was paused. */
  default void resume() {}

  /**
   * A watch has sent its initial events: its seats go back while the stream goes on. Harmless when
   * repeated, or after {@link #close}.
   */
  void watchInitialised();

  /** The exchange has ended, in whatever way. Harmless when repeated. */
  @Override
  void close();
}
