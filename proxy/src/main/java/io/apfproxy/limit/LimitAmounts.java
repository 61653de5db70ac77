package io.apfproxy.limit;

import io.apfproxy.config.RateLimit;
import io.apfproxy.config.RateLimit.InFlight;
import io.apfproxy.config.RateLimit.LeakyBucket;
import io.apfproxy.config.RateLimit.TokenBucket;
import io.apfproxy.time.Allowance;
import io.apfproxy.time.Pace;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How much a limit lets pass in one proxy: all of it, or of scope {@code Fleet} its part. Source:
 * specification limits.md L-18, L-29.
 */
final class LimitAmounts {
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private final RateLimit.Spec spec;
  private final long parts;

  private LimitAmounts(RateLimit.Spec spec, int replicas) {
    this.spec = spec;
    this.parts = spec.scope().equals(RateLimit.FLEET) ? replicas : 1;
  }

  /**
   * @param replicas proxies that share it if its scope says so, 1 or more
   */
  static Allowance of(RateLimit.Spec spec, int replicas) {
    LimitAmounts amounts = new LimitAmounts(spec, replicas);
    return switch (spec.type()) {
      case RateLimit.TOKEN_BUCKET -> amounts.tokens(set(spec.tokenBucket()));
      case RateLimit.LEAKY_BUCKET -> amounts.leak(set(spec.leakyBucket()));
      case RateLimit.IN_FLIGHT -> amounts.places(set(spec.inFlight()));
      default -> throw new IllegalArgumentException("type " + spec.type());
    };
  }

  private Allowance tokens(TokenBucket bucket) {
    if (spec.unit().equals(RateLimit.BYTES)) {
      // so many that what is left of a division does not matter
      return Pace.ofPieces(
          Math.max(1, bucket.rate() / parts),
          bucket.periodNanos(),
          Math.max(Pace.PIECE, bucket.burst() / parts),
          bucket.maxWaitNanos());
    }
    return Pace.tokenBucket(
        rate(bucket.rate(), bucket.periodNanos()),
        period(bucket.periodNanos()),
        Math.max(1, bucket.burst() / parts),
        bucket.maxWaitNanos());
  }

  private Allowance leak(LeakyBucket bucket) {
    return Pace.leakyBucket(
        rate(bucket.rate(), bucket.periodNanos()),
        period(bucket.periodNanos()),
        bucket.capacity() / parts);
  }

  private Allowance places(InFlight inFlight) {
    return new Places((int) Math.max(1, inFlight.max() / parts));
  }

  /** A part of the units in a period is all of them in as many periods. */
  private long period(long nanos) {
    return Math.min(nanos * parts, Pace.LONGEST_PERIOD);
  }

  /** Where so many periods are longer than one may be: fewer units. */
  private long rate(long units, long nanos) {
    double share = (double) Pace.LONGEST_PERIOD / (nanos * parts);
    return share >= 1 ? units : Math.max(1, (long) (units * share));
  }

  /** Units a second; infinite of places. */
  static double perSecond(RateLimit.Spec spec, int replicas) {
    TokenBucket tokens = spec.tokenBucket();
    LeakyBucket leak = spec.leakyBucket();
    double all =
        tokens != null
            ? tokens.rate() * SECOND / tokens.periodNanos()
            : leak != null ? leak.rate() * SECOND / leak.periodNanos() : Double.POSITIVE_INFINITY;
    return all / new LimitAmounts(spec, replicas).parts;
  }

  private static <T> T set(@Nullable T part) {
    return Objects.requireNonNull(part, "the part that type names");
  }
}
