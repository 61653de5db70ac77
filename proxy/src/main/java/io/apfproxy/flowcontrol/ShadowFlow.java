package io.apfproxy.flowcontrol;

import io.apfproxy.queueset.FlowTally;
import java.util.concurrent.atomic.LongAdder;

/**
 * The requests of one schema at one level that are not held to its decisions: what would become of
 * them, and what they really hold. Thread-safe, but for the tally.
 */
final class ShadowFlow {
  private final FlowTally tally;
  private final LongAdder executing = new LongAdder();
  private final LongAdder executingSeats = new LongAdder();

  /**
   * @param tally counts them in the level's queue set
   */
  ShadowFlow(FlowTally tally) {
    this.tally = tally;
  }

  FlowTally tally() {
    return tally;
  }

  /** So many more are sent on, or fewer. */
  void executing(int requests, int seats) {
    executing.add(requests);
    executingSeats.add(seats);
  }

  int executing() {
    return executing.intValue();
  }

  int executingSeats() {
    return executingSeats.intValue();
  }
}
