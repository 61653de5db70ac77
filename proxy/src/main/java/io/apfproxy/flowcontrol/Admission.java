package io.apfproxy.flowcontrol;

/** One request's place in flow control. Thread-safe. */
public interface Admission {
  /** Where the request was put. */
  Classification classification();

  /** Whether it still waits in a queue; may change at any time. A deadline is needed only if so. */
  boolean isWaiting();

  /**
   * Leaves the queue, for a deadline that passed or a client that left. If the request still
   * waited, its listener is told {@link RejectReason#TIME_OUT}; else nothing happens.
   *
   * @return whether it still waited
   */
  boolean cancel();
}
