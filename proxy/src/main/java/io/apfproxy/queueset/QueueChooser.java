package io.apfproxy.queueset;

import org.jspecify.annotations.Nullable;

/** Chooses the queue of an arrival: from the hand dealt to its flow, the one with least to do. */
final class QueueChooser {
  private @Nullable Dealer dealer;
  private int[] hand = {};
  private long enqueues;

  /** Deals hands of another size, or from other queues, from now on. */
  void reconfigure(int queues, int handSize) {
    dealer = new Dealer(queues, handSize);
    hand = new int[handSize];
  }

  /**
   * The queue of the hand with the least waiting work. Each arrival starts one card further on, so
   * that a flow uses its whole hand while nothing waits.
   */
  FlowQueue choose(long flowHash, QueueTable queues) {
    if (dealer == null) {
      throw new IllegalStateException("no queues to deal from");
    }
    dealer.deal(flowHash, hand);
    int offset = (int) (enqueues++ % hand.length);
    int best = -1;
    long leastWork = 0;
    for (int i = 0; i < hand.length; i++) {
      int card = hand[(offset + i) % hand.length];
      FlowQueue queue = queues.peek(card);
      long work = queue == null ? 0 : queue.waitingWork;
      if (best < 0 || Long.compareUnsigned(work, leastWork) < 0) {
        best = card;
        leastWork = work;
      }
    }
    return queues.get(best);
  }

  /** Arrivals so far, refused ones included. */
  long enqueues() {
    return enqueues;
  }
}
