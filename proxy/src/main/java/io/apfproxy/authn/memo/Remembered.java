package io.apfproxy.authn.memo;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.apfproxy.time.TimeSource;
import java.time.Duration;

/**
 * A value and how long it is remembered.
 *
 * @param bytes of key and value together, roughly
 * @param ttlNanos 0 or less for not at all
 */
public record Remembered<V>(V value, long bytes, long ttlNanos) {
  /** What an entry of nothing takes of the heap. */
  private static final int ENTRY_BYTES = 256;

  boolean isKept() {
    return ttlNanos > 0;
  }

  private int weight() {
    return (int) Math.min(Integer.MAX_VALUE, bytes + ENTRY_BYTES);
  }

  /**
   * Makes caches of such, each entry for a time of its own. What is over goes, used least first;
   * what has expired goes even if nobody looks any more.
   *
   * @param most entries
   * @param mostBytes bytes of them all, {@code most} times 256 or more
   */
  static <K, V> Caffeine<K, Remembered<V>> cache(int most, long mostBytes, TimeSource time) {
    int least = Math.toIntExact(mostBytes / most); // so that the weight bounds the number too
    if (least < ENTRY_BYTES) {
      throw new IllegalArgumentException(
          mostBytes + " bytes for " + most + " entries: must be " + ENTRY_BYTES + " each or more");
    }
    return Caffeine.newBuilder()
        .ticker(time::nanoTime)
        .scheduler(Scheduler.systemScheduler())
        .maximumWeight(mostBytes)
        .weigher((K key, Remembered<V> entry) -> Math.max(least, entry.weight()))
        .expireAfter(
            Expiry.<K, Remembered<V>>writing((key, entry) -> Duration.ofNanos(entry.ttlNanos)));
  }
}
