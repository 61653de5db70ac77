package io.apfproxy.queueset;

/**
 * One waiting or executing request at one instant, for dumps.
 *
 * @param request for what its owner added; its changing fields are copied here
 * @param queue index of its queue, -1 if it never had one
 * @param position in its queue, from 0; -1 if it executes
 * @param startNanos when it began to execute, by the level's clock; 0 if it waits
 */
public record RequestRow(
    SeatRequest request,
    int queue,
    int position,
    int initialSeats,
    int finalSeats,
    long additionalLatencyNanos,
    long arrivalNanos,
    long startNanos) {
  static RequestRow of(SeatRequest request, int queue, int position) {
    return new RequestRow(
        request,
        queue,
        position,
        request.initialSeats,
        request.finalSeats,
        request.additionalLatencyNanos,
        request.arrivalNanos,
        position < 0 ? request.startNanos : 0);
  }

  public boolean executing() {
    return position < 0;
  }
}
