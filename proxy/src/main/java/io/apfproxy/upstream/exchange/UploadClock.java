package io.apfproxy.upstream.exchange;

import java.util.concurrent.TimeUnit;

/**
 * Says when a client that does not send its body has had its time. While others wait in its level
 * it must have brought 16 KiB for each of its seats within a second; while nobody does, it is no
 * matter here. All instants are those of one clock, in nanoseconds.
 */
final class UploadClock {
  /** How often to look. */
  static final long LOOK_MILLIS = 250;

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);
  private static final long BYTES_FOR_SEAT = 16 << 10;

  /** What is longer between two looks is no fault of the client's: the process stood still. */
  private static final long LONGEST_STEP = TimeUnit.MILLISECONDS.toNanos(2 * LOOK_MILLIS);

  private long since;
  private long before;
  private long lookedAt;

  /**
   * It is to send.
   *
   * @param bytes that came already
   */
  void begin(long now, long bytes) {
    since = now;
    before = bytes;
    lookedAt = now;
  }

  /**
   * Call every {@link #LOOK_MILLIS}.
   *
   * @param bytes that came in all
   * @param seats that it holds
   * @param awaited whether others wait for seats in its level
   * @param read whether what it sends is read just now
   * @return whether it has had its time
   */
  boolean look(long now, long bytes, int seats, boolean awaited, boolean read) {
    since += Math.max(0, now - lookedAt - LONGEST_STEP);
    lookedAt = now;
    if (!read || bytes - before >= seats * BYTES_FOR_SEAT) {
      since = now;
      before = bytes;
    }
    return awaited && now - since >= PATIENCE;
  }
}
