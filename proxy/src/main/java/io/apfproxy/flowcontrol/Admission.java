package io.apfproxy.flowcontrol;

import io.apfproxy.work.WorkInputs;
import org.jspecify.annotations.Nullable;

/** One request's place in flow control. Thread-safe. */
public interface Admission {
  /** Where the request was put. */
  Classification classification();

  /** Whether it still waits in a queue; may change at any time. A deadline is needed only if so. */
  boolean isWaiting();

  /** When it came, by flow control's clock in nanoseconds; 0 where nobody waits. */
  default long arrivedAt() {
    return 0;
  }

  /** How many seats it would hold; 0 if that is not said. */
  default int width() {
    return 0;
  }

  /** What its width was made from; null if that is not kept. */
  default @Nullable WorkInputs inputs() {
    return null;
  }

  /**
   * Leaves the queue, for a deadline that passed or a client that left; one that is not held to the
   * decision leaves the queue it would wait in, and goes on. If the request still waited, its
   * listener is told {@link RejectReason#TIME_OUT}; else nothing happens.
   *
   * @return whether it still waited
   */
  boolean cancel();

  /**
   * Leaves the queue as if that had been full, as too many wait elsewhere: the same with {@link
   * RejectReason#QUEUE_FULL}.
   */
  void crowdOut();

  /**
   * Whether it would wait now, had its level been allowed to hold it; may change at any time. Never
   * of one that is held to the decision.
   */
  default boolean wouldWait() {
    return false;
  }

  /** Such a request would leave its queue after so long; does nothing to others. */
  default void wouldWaitAtMost(long nanos) {}
}
