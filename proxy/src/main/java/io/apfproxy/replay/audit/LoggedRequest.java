package io.apfproxy.replay.audit;

import io.apfproxy.replay.Demand;
import io.apfproxy.request.RequestDigest;

/**
 * A request of a log. Times in nanoseconds of the run.
 *
 * @param arrival when it came
 */
record LoggedRequest(
    RequestDigest digest, String agent, long arrival, long serviceNanos, long closesAtNanos)
    implements Demand {}
