package io.apfproxy.authn;

import io.apfproxy.time.TimeSource;
import java.util.concurrent.TimeUnit;

/**
 * How many unknown tokens one address may bring: 200 at once, 20 per second. Thread-safe.
 *
 * <p>Addresses beyond the bound are forgotten, least active first, which gives them a new budget;
 * the number of reviews in flight is bounded apart from this.
 */
final class AddressBudget {
  private static final int MOST_ADDRESSES = 10_000;
  private static final double BURST = 200;
  private static final double PER_SECOND = 20;
  private static final long FULL_AGAIN = TimeUnit.SECONDS.toNanos((long) (BURST / PER_SECOND));

  private final TimeSource time;
  private final BoundedCache<String, Level> levels;

  private record Level(double tokens, long atNanos) {}

  AddressBudget(TimeSource time) {
    this.time = time;
    this.levels = new BoundedCache<>(MOST_ADDRESSES, time);
  }

  /** Takes one; false if there is none. */
  synchronized boolean take(String address) {
    long now = time.nanoTime();
    Level last = levels.get(address);
    double tokens =
        last == null
            ? BURST
            : Math.min(BURST, last.tokens() + (now - last.atNanos()) * 1e-9 * PER_SECOND);
    if (tokens < 1) {
      return false;
    }
    levels.put(address, new Level(tokens - 1, now), FULL_AGAIN);
    return true;
  }
}
