package io.apfproxy.limit;

import java.util.List;

/**
 * What became of requests at one rate limit since it was made, and how full it is.
 *
 * @param refunded of those that passed: how many got their units back, as they were refused further
 *     on at once
 * @param shadow what would have become of requests while it was in shadow
 * @param bytesIn from clients, where bytes are counted
 * @param bytesOut to clients, where bytes are counted
 * @param keys that are known now, 0 where all requests share one bucket
 * @param overflows how often a key had to share a bucket, for want of room for one of its own
 * @param fullest how much that key has taken that has taken most, 0 to 1 for all
 */
public record LimitReading(
    String name,
    long passed,
    long delayed,
    long refused,
    long refunded,
    Shadow shadow,
    Waits waits,
    long bytesIn,
    long bytesOut,
    int keys,
    long overflows,
    double fullest) {
  /**
   * Of those that passed.
   *
   * @param delayed that would have waited
   * @param refused that would have been refused
   */
  public record Shadow(long delayed, long refused) {}

  /**
   * How long those that were delayed had to wait.
   *
   * @param bounds upper ones, in seconds, without that of the last bucket
   * @param numbers in each bucket alone, one more than bounds
   */
  public record Waits(List<Double> bounds, List<Long> numbers, long nanos) {}
}
