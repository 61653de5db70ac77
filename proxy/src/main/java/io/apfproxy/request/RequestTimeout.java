package io.apfproxy.request;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long a request may take in all, and how much of that in a queue. Immutable. Source:
 * specification apf-queueing.md 3.4.
 */
public final class RequestTimeout {
  /** Allowance of requests without deadline. */
  public static final long NONE = Long.MAX_VALUE;

  private static final long LONGEST_WAIT_NANOS = Duration.ofMinutes(1).toNanos();

  private final long maximumNanos;

  /**
   * @param maximum {@code --request-timeout}, more than 0
   */
  public RequestTimeout(Duration maximum) {
    if (maximum.isZero() || maximum.isNegative()) {
      throw new IllegalArgumentException("request timeout is " + maximum + ", must be above 0");
    }
    this.maximumNanos = maximum.toNanos();
  }

  /**
   * Time the whole request may take from its arrival, by its {@code timeout} parameter.
   *
   * @param query raw query of the target
   * @return nanoseconds, or {@link #NONE} for a long-running request
   * @throws RefusedException 400 if the parameter is no duration
   */
  public long allowanceNanos(RequestInfo info, String query) throws RefusedException {
    if (LongRunning.isLongRunning(info)) {
      return NONE;
    }
    String parameter = Query.of(query).first("timeout");
    if (parameter == null || parameter.isEmpty()) {
      return maximumNanos;
    }
    OptionalLong nanos = GoDuration.parse(parameter);
    if (nanos.isEmpty()) {
      throw new RefusedException(
          400, "BadRequest", "timeout", "timeout is no duration, expected for example timeout=30s");
    }
    long asked = nanos.getAsLong();
    return asked <= 0 || asked > maximumNanos ? maximumNanos : asked;
  }

  /**
   * Longest time in a queue, from the arrival of the request: a quarter of its allowance, at most a
   * minute.
   *
   * @param allowanceNanos from {@link #allowanceNanos}
   */
  public long queueWaitNanos(long allowanceNanos) {
    long whole = allowanceNanos == NONE ? maximumNanos : allowanceNanos;
    return Math.min(whole / 4, LONGEST_WAIT_NANOS);
  }
}
