package io.apfproxy.queueset;

/** Why a request did not get its seats. */
public enum Refusal {
  /** No seat was free and the queue chosen for it was full. */
  QUEUE_FULL,
  /** Its level does not queue and has too few seats free. */
  CONCURRENCY_LIMIT,
  /** It left its queue: its deadline passed, or its client left. */
  TIME_OUT
}
