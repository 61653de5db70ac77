package io.apfproxy.upstream.members;

import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;

/**
 * When clients that are refused for want of an upstream may come back: each at another second, and
 * over the more of them the longer it is away. Source: specification limits.md L-92.
 */
public final class ReturnSpread {
  /*
   * Clients of Kubernetes sleep exactly as long as they are told. Told the same, all of them came
   * back in the same second, to a server whose caches are cold.
   */
  private static final int LEAST_SECONDS = 5;
  private static final int MOST_SECONDS = 30;

  private final IntUnaryOperator random;

  /**
   * @param random gives a number from 0 up to and without the one it is given
   */
  public ReturnSpread(IntUnaryOperator random) {
    this.random = random;
  }

  /**
   * Value of {@code Retry-After}.
   *
   * @param awayNanos since when the upstream is away
   * @return from 1 to as many seconds as it is away, but at least 5 and at most 30
   */
  public int seconds(long awayNanos) {
    long away = TimeUnit.NANOSECONDS.toSeconds(awayNanos);
    int widest = (int) Math.min(MOST_SECONDS, Math.max(LEAST_SECONDS, away));
    return 1 + random.applyAsInt(widest);
  }
}
