package io.apfproxy.queueset;

/**
 * How the seats of a queue set are used at one instant.
 *
 * @param seatsInUse held by executing and lingering requests
 * @param waiting requests
 */
public record Occupancy(int seatsInUse, int waiting) {
  public static Occupancy of(QueueSet set) {
    return new Occupancy(set.seats.inUse, set.queues.waiting);
  }
}
