package io.apfproxy.flowcontrol;

/**
 * Reasons of a refusal. Source: reference, queueset.go; label {@code reason} of the rejection
 * counter.
 */
public enum RejectReason {
  /** Every queue position the flow may take is full and no seat is free. */
  QUEUE_FULL("queue-full"),
  /** The level does not queue and has no seat free. */
  CONCURRENCY_LIMIT("concurrency-limit"),
  /** It left its queue undispatched: deadline, or client gone. */
  TIME_OUT("time-out");

  private final String label;

  RejectReason(String label) {
    this.label = label;
  }

  /** As kube-apiserver spells it in metrics. */
  public String label() {
    return label;
  }
}
