package io.apfproxy.queueset;

/**
 * Counters of a queue set at one instant. R and S values are in units of {@link SeatSeconds}.
 *
 * @param queues queues there are, whether used yet or not
 * @param activeQueues queues in which something waits
 * @param dispatched requests that ever got their seats
 * @param rejected requests that were refused, cancelled ones included
 * @param seatsInUse held by executing and lingering requests
 * @param currentR as of the last change
 * @param dispatchR as of the last dispatch
 * @param latestS virtual start of the request dispatched last
 * @param nextSMin least virtual start of a head of a queue, 0 if none waits; {@code nextSMax} the
 *     largest
 * @param discountedSMin the same less the estimated work in progress, so perhaps below zero
 */
public record QueueSetState(
    boolean idle,
    int limit,
    int queues,
    int activeQueues,
    int waiting,
    int executing,
    int seatsInUse,
    int seatsWaiting,
    long dispatched,
    long rejected,
    long cancelled,
    long noAccommodation,
    long epochAdvances,
    long epochAdvancesClamped,
    long currentR,
    long dispatchR,
    long latestS,
    long nextSMin,
    long nextSMax,
    long discountedSMin,
    long discountedSMax) {
  /** Walks the queues in use for the bounds of S; everything else is at hand. */
  public static QueueSetState of(QueueSet set) {
    Bounds s = new Bounds();
    Bounds discounted = new Bounds();
    set.queues.table.forEachMade(
        queue -> {
          if (queue.waiting.size() > 0) {
            s.add(queue.nextDispatchR);
            discounted.add(
                queue.nextDispatchR
                    - SeatSeconds.of(queue.seatsInUse, SeatRequest.SERVICE_ESTIMATE_NANOS));
          }
        });
    return new QueueSetState(
        set.isIdle(),
        set.seats.limit,
        set.queues.size(),
        set.queues.waitingQueues,
        set.queues.waiting,
        set.executing,
        set.seats.inUse,
        set.queues.seatsWaiting,
        set.tally.dispatched,
        set.tally.rejected,
        set.tally.cancelled,
        set.tally.noAccommodation,
        set.tally.epochAdvances,
        set.tally.epochAdvancesClamped,
        set.queues.meter.r(),
        set.tally.dispatchR,
        set.tally.latestS,
        s.min,
        s.max,
        discounted.min,
        discounted.max);
  }

  /** Least and largest of some values; both 0 if there are none. */
  private static final class Bounds {
    private boolean empty = true;
    private long min;
    private long max;

    void add(long value) {
      min = empty ? value : Math.min(min, value);
      max = empty ? value : Math.max(max, value);
      empty = false;
    }
  }
}
