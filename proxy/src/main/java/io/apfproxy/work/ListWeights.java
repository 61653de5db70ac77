package io.apfproxy.work;

import io.apfproxy.request.RequestInfo;

/** What answers to lists really weigh. Thread-safe. */
@FunctionalInterface
public interface ListWeights {
  /** Nothing is known of such answers. */
  long UNKNOWN = -1;

  /**
   * Bytes of the answer to a list, or of what a watch begins with; {@link #UNKNOWN} if nobody saw
   * such a one.
   *
   * @param watch whether it is a watch
   */
  long bytes(RequestInfo info, ListQuery query, boolean watch);
}
