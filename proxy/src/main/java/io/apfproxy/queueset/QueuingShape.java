package io.apfproxy.queueset;

/**
 * How one priority level lines requests up. Source: PriorityLevelConfiguration {@code
 * spec.limited.limitResponse}.
 *
 * @param queues queues of the level; 0 if it refuses what does not fit, -1 if it is exempt
 * @param handSize queues one flow may wait in, 1 to {@code queues}; 0 without queues
 * @param queueLengthLimit waiting requests a queue takes once all seats are in use; 0 without
 *     queues
 */
public record QueuingShape(int queues, int handSize, int queueLengthLimit) {
  /** Never refuses, never waits, knows no limit. */
  public static final QueuingShape EXEMPT = new QueuingShape(-1, 0, 0);

  /** Refuses what does not fit. */
  public static final QueuingShape REJECT = new QueuingShape(0, 0, 0);

  public QueuingShape {
    if (queues < -1) {
      throw new IllegalArgumentException("queues is " + queues + ", must be at least -1");
    }
    if (queues > 0 && !Dealer.accepts(queues, handSize)) {
      throw new IllegalArgumentException(
          "handSize is " + handSize + ", too large or too small for " + queues + " queues");
    }
  }

  public boolean exempt() {
    return queues < 0;
  }

  /** Requests that may wait in all queues together; at least 1. */
  public long places() {
    return Math.max(1L, queueLengthLimit) * Math.max(1, queues);
  }
}
