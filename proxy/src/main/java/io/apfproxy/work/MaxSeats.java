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
  private final Map<String, Long> byLevel = new HashMap<>();

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
