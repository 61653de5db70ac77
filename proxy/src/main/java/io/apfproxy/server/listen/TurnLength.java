package io.apfproxy.server.listen;

import java.util.concurrent.TimeUnit;

/**
 * How much of one socket is read in a turn: what is done in {@value #TURN_MICROS} µs, by what its
 * last bytes took. Not thread-safe.
 */
final class TurnLength {
  static final int TURN_MICROS = 500;

  /** Never more than this, in bytes. */
  static final int MOST = 64 * 1024;

  /** Never less, in bytes: below it the reading itself is the work. */
  static final int LEAST = 2 * 1024;

  /*
   * A record of TLS is 16 KiB, and the turn that completes it has all its work; a thread may also have
   * stood still in a turn. So a few records count together.
   */
  private static final int REMEMBERED = 64 * 1024;

  private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(TURN_MICROS);

  /** What takes longer may as well have been a pause of the machine. */
  private static final long MOST_NANOS = 8 * TURN_NANOS;

  private long bytes;
  private long nanos;

  /** At most this is read next, in bytes. */
  int bytes() {
    if (nanos * MOST <= TURN_NANOS * bytes) {
      return MOST;
    }
    return (int) Math.max(LEAST, TURN_NANOS * bytes / nanos);
  }

  /** A turn has ended that read so many bytes and lasted so long, in ns; neither is negative. */
  void took(int read, long lasted) {
    bytes += read;
    nanos += Math.min(MOST_NANOS, lasted);
    if (bytes > REMEMBERED) {
      bytes /= 2;
      nanos /= 2;
    }
  }
}
