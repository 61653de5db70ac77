package io.apfproxy.queueset;

/** What a queue set did so far, and what it did last; for dumps and metrics only. */
final class QueueSetTally {
  long dispatched;
  long rejected;
  long cancelled;
  long noAccommodation;
  long epochAdvances;
  long epochAdvancesClamped;

  /** R as of the last dispatch from a queue. */
  long dispatchR;

  /** Virtual start of the request dispatched last from a queue. */
  long latestS;
}
