package io.apfproxy.server.walk;

import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.RequestTimeout;

/**
 * What is asked.
 *
 * @param upgrade protocol that the upstream is asked for; empty for none
 * @param allowanceNanos longest time of the request, or {@link RequestTimeout#NONE}
 * @param queueWaitNanos how much of that it may wait until it is sent on
 */
record Understood(
    RequestTarget target,
    RequestInfo info,
    String upgrade,
    long allowanceNanos,
    long queueWaitNanos) {
  boolean isLongRunning() {
    return allowanceNanos == RequestTimeout.NONE;
  }
}
