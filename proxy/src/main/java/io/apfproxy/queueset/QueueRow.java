package io.apfproxy.queueset;

import java.util.ArrayList;
import java.util.List;

/**
 * One queue at one instant, for dumps.
 *
 * @param seatsInUse held by its executing and lingering requests
 * @param nextDispatchR in units of {@link SeatSeconds}, as is {@code waitingWork}
 * @param waitingInitialSeats sum over its waiting requests, as are the next two
 */
public record QueueRow(
    int index,
    int waiting,
    int executing,
    int seatsInUse,
    long nextDispatchR,
    int waitingInitialSeats,
    int waitingSeats,
    long waitingWork) {
  /** The queues of a set that were ever used, by rising index; the others are as empty as new. */
  public static List<QueueRow> of(QueueSet set) {
    List<QueueRow> rows = new ArrayList<>();
    set.queues.forEachMade(queue -> rows.add(of(queue)));
    return rows;
  }

  private static QueueRow of(FlowQueue queue) {
    return new QueueRow(
        queue.index,
        queue.waiting.size(),
        queue.executing.size(),
        queue.seatsInUse,
        queue.nextDispatchR,
        queue.waitingInitialSeats,
        queue.waitingSeats,
        queue.waitingWork);
  }
}
