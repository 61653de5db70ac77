package io.apfproxy.work;

/**
 * Width of one request.
 *
 * @param initialSeats seats charged for its execution, at least 1
 * @param finalSeats seats that stay occupied after the response, at least 0
 * @param additionalLatencyNanos how long they do
 */
public record WorkEstimate(int initialSeats, int finalSeats, long additionalLatencyNanos) {
  static final WorkEstimate ONE_SEAT = new WorkEstimate(1, 0, 0);

  /** Seats held in both phases. */
  public int maxSeats() {
    return Math.max(initialSeats, finalSeats);
  }
}
