package io.apfproxy.work;

import io.apfproxy.request.RequestInfo;

/** How many watchers will hear of a change. Thread-safe. */
@FunctionalInterface
public interface WatchCounts {
  /** Watches open now that the given request's effect would be sent to; 0 for a read. */
  int interestedIn(RequestInfo request);
}
