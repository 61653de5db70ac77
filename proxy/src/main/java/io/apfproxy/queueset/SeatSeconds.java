package io.apfproxy.queueset;

/**
 * Arithmetic of work in fixed point: an unsigned {@code long} of 1e-8 seat-seconds, modulo 2^64.
 * Source: reference, request/seat_seconds.go, same result bit for bit.
 */
public final class SeatSeconds {
  private static final double NANOS_PER_UNIT = 10;
  private static final long UNITS_PER_SECOND = 100_000_000;

  private SeatSeconds() {}

  /**
   * Work of some seats over some time, rounded half away from zero.
   *
   * @param nanos may be negative: the result is then negative modulo 2^64
   */
  public static long of(double seats, long nanos) {
    double exact = seats * nanos / NANOS_PER_UNIT;
    double whole = exact < 0 ? Math.ceil(exact) : Math.floor(exact);
    // Not Math.round or rint: those round a half up, and to even.
    return (long) (Math.abs(exact - whole) >= 0.5 ? whole + Math.signum(exact) : whole);
  }

  /** Time that the work takes on so many seats, in nanoseconds, truncated. */
  public static long nanosPerSeat(long seatSeconds, double seats) {
    return (long) (unsigned(seatSeconds) / seats * NANOS_PER_UNIT);
  }

  public static double toDouble(long seatSeconds) {
    return unsigned(seatSeconds) / UNITS_PER_SECOND;
  }

  /** As dumps show it, such as {@code 12.03000000ss}. */
  public static String format(long seatSeconds) {
    String fraction = Long.toString(Long.remainderUnsigned(seatSeconds, UNITS_PER_SECOND));
    return Long.toUnsignedString(Long.divideUnsigned(seatSeconds, UNITS_PER_SECOND))
        + "."
        + "0".repeat(8 - fraction.length())
        + fraction
        + "ss";
  }

  private static double unsigned(long value) {
    // The lowest bit is kept sticky, so that halving does not change how the sum is rounded.
    return value >= 0 ? value : (double) ((value >>> 1) | (value & 1)) * 2;
  }
}
