package io.apfproxy.queueset;

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
  private static final int SLICE = 1_000;

  /**
   * Adds some more of the queues of a set that were ever used, by rising index; the others are as
   * empty as new.
   *
   * @param from index to begin at
   * @return index to go on at; -1 if there are no more
   */
  public static int addSome(QueueSet set, int from, List<QueueRow> rows) {
    FlowQueue queue = set.queues.table.nextMade(from);
    for (int i = 0; i < SLICE && queue != null; i++) {
      rows.add(of(queue));
      queue = set.queues.table.nextMade(queue.index + 1);
    }
    return queue == null ? -1 : queue.index;
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
