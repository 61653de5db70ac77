package io.apfproxy.report;

import java.util.Map;

/**
 * Traces requests, for those who want to see where each spent its time. Thread-safe; called on
 * event loops: must be cheap.
 */
public interface Tracer {
  /** Traces nothing, and lets pass what clients say of their traces. */
  Tracer NONE = (account, head) -> Trace.NONE;

  /**
   * It is known who asks.
   *
   * @param head header lines of the request, as they go on
   */
  Trace begin(Account account, Iterable<Map.Entry<String, String>> head);
}
