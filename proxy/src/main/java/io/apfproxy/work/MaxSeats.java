package io.apfproxy.work;

import java.util.HashMap;
import java.util.Map;

/**
 * Widest request of each queuing level, remembered from one configuration to the next. Not
 * thread-safe: configuration is applied by one thread at a time.
 *
 * <p>Source: reference, max_seats.go. A level that stops queuing keeps its last value, as there.
 */
public final class MaxSeats {
  private static final double SHARE_OF_LEVEL = 0.15;

  private final Map<String, Long> byLevel = new HashMap<>();

  /**
   * The widest request that a queuing level should admit: so narrow that a whole hand of them fits.
   *
   * @param nominalLimit seats of the level by its shares, at least 0
   * @param handSize at least 1
   * @return at least 1
   */
  public static long of(long nominalLimit, int handSize) {
    long share = (long) Math.ceil(SHARE_OF_LEVEL * nominalLimit);
    return Math.max(1, Math.min(share, nominalLimit / handSize));
  }

  public void set(String level, long seats) {
    byLevel.put(level, seats);
  }

  public void forget(String level) {
    byLevel.remove(level);
  }

  /** The value set last, or 0 for a level without bound of its own. */
  public long get(String level) {
    return byLevel.getOrDefault(level, 0L);
  }
}
