package io.apfproxy.queueset;

/** Where a request is in its life; it only moves down this list. */
public enum RequestState {
  /** Not given to a queue set yet. */
  CREATED,
  /** In a queue. */
  WAITING,
  /** Holds its seats while it is served. */
  EXECUTING,
  /** Served, but holds its seats for its additional latency. */
  LINGERING,
  /** Served, its seats given back. */
  ENDED,
  /** Will not be served; see {@link Refusal}. */
  REFUSED
}
