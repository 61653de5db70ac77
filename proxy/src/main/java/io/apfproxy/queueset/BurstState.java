package io.apfproxy.queueset;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Of a level that may burst, at one instant.
 *
 * @param creditSeatNanos saved; below 0 while it owes what its requests went on to use
 * @param mostSeatNanos the most that it saves
 * @param seatsInUse beyond its limit
 * @param granted requests that ever got seats beyond the limit
 * @param denied those that came, found no seat and got none beyond the limit either, by each reason
 * @param denial why another request one seat wide would get none beyond the limit now; null if it
 *     would
 */
public record BurstState(
    long creditSeatNanos,
    long mostSeatNanos,
    int seatsInUse,
    long granted,
    Map<BurstDenial, Long> denied,
    @Nullable BurstDenial denial) {
  public BurstState {
    denied = Map.copyOf(denied);
  }

  /** Null if the level has only its limit. Changes nothing. */
  public static @Nullable BurstState of(QueueSet set, long nowNanos) {
    return set.seats.burst(nowNanos);
  }
}
