package io.apfproxy.replay.audit;

import io.apfproxy.replay.Demand;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.WorkInputs;
import org.jspecify.annotations.Nullable;

/**
 * A request of a log. Times in nanoseconds of the run.
 *
 * @param arrival when it came
 * @param inputs null where the log does not say
 */
record LoggedRequest(
    RequestDigest digest,
    String agent,
    long arrival,
    long serviceNanos,
    long closesAtNanos,
    long leavesAtNanos,
    @Nullable WorkInputs inputs)
    implements Demand {}
