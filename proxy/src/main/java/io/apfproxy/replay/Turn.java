package io.apfproxy.replay;

/**
 * What comes first of all that happens at one instant, in this order. Source: specification
 * apf-queueing.md 6, seeing.md V-45.
 */
public enum Turn {
  /** Seats come back that were held after a response. */
  LINGER_END(0),
  /** A response ends. */
  FINISH(1),
  /** A client leaves its queue, for its deadline, or closes a watch. */
  DEPARTURE(2),
  /** Seats are lent and borrowed anew. */
  TICK(3),
  /** Requests come. */
  ARRIVAL(4);

  private static final Turn[] IN_ORDER = {LINGER_END, FINISH, DEPARTURE, TICK, ARRIVAL};

  private final int rank;

  Turn(int rank) {
    this.rank = rank;
  }

  /** Its place in the order, from 0. */
  int rank() {
    return rank;
  }

  static Turn ofRank(int rank) {
    return IN_ORDER[rank];
  }
}
