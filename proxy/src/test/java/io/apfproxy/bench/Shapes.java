package io.apfproxy.bench;

import io.apfproxy.queueset.Dealer;
import io.apfproxy.queueset.QueuingShape;

/** Queuing shapes of the benchmarks. */
final class Shapes {
  private static final int HAND = 6;
  private static final int NO_BOUND = 10_000;

  private Shapes() {}

  /**
   * So many queues, dealt in hands of 6 or the most that can be dealt, as in the reference's
   * benchmark. 0 for a level that refuses what does not fit.
   */
  static QueuingShape of(int queues) {
    if (queues == 0) {
      return QueuingShape.REJECT;
    }
    int hand = Math.min(HAND, queues);
    while (!Dealer.accepts(queues, hand)) {
      hand--;
    }
    return new QueuingShape(queues, hand, NO_BOUND);
  }
}
