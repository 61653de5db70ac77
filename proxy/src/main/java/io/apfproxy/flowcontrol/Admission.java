package io.apfproxy.flowcontrol;

/** One request's place in flow control. Thread-safe. */
public interface Admission {
  /** Where the request was put. */
  Classification classification();

  /** Whether it still waits in a queue; may change at any time. A deadline is needed only if so. */
  boolean isWaiting();

  /**
   * Leaves the queue, for a deadline that passed or a client that left; one that is not held to the
   * decision leaves the queue it would wait in, and goes on. If the request still waited, its
   * listener is told {@link RejectReason#TIME_OUT}; else nothing happens.
   *
   * @return whether it still waited
   */
  boolean cancel();

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
