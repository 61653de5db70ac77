package io.apfproxy.queueset;

import java.util.ArrayList;
import java.util.List;

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
  /** Queue by queue first those that wait, then those that execute; at last those without queue. */
  public static List<RequestRow> of(QueueSet set) {
    List<RequestRow> rows = new ArrayList<>();
    set.queues.forEachMade(
        queue -> {
          int position = 0;
          for (SeatRequest r = queue.waiting.first(); r != null; r = r.next) {
            rows.add(of(r, queue.index, position++));
          }
          addExecuting(rows, queue.executing, queue.index);
        });
    addExecuting(rows, set.withoutQueue, -1);
    return rows;
  }

  private static void addExecuting(List<RequestRow> rows, RequestList executing, int queue) {
    for (SeatRequest r = executing.first(); r != null; r = r.next) {
      rows.add(of(r, queue, -1));
    }
  }

  private static RequestRow of(SeatRequest request, int queue, int position) {
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
