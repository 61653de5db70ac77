package io.apfproxy.authn.memo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Remembers values, each for a time of its own, at most so many and so many bytes of them. What is
 * over goes, used least first; what has expired goes even if nobody looks any more. Thread-safe.
 */
public final class BoundedCache<K, V> {
  /** What an entry of nothing takes of the heap. */
  private static final int ENTRY_BYTES = 256;

  private final Cache<K, Remembered<V>> entries;

  /**
   * @param most entries
   * @param mostBytes bytes of them all, {@code most} times 256 or more
   */
  public BoundedCache(int most, long mostBytes, TimeSource time) {
    int least = Math.toIntExact(mostBytes / most); // so that the weight bounds the number too
    if (least < ENTRY_BYTES) {
      throw new IllegalArgumentException(
          mostBytes + " bytes for " + most + " entries: must be " + ENTRY_BYTES + " each or more");
    }
    entries =
        Caffeine.newBuilder()
            .ticker(time::nanoTime)
            .scheduler(Scheduler.systemScheduler())
            .executor(
                Runnable::run) // waking a thread after some reads costs more than their upkeep
            .maximumWeight(mostBytes)
            .weigher((K key, Remembered<V> entry) -> Math.max(least, weight(entry)))
            .expireAfter(
                Expiry.<K, Remembered<V>>writing(
                    (key, entry) -> Duration.ofNanos(entry.ttlNanos())))
            .build();
  }

  private static int weight(Remembered<?> entry) {
    return (int) Math.min(Integer.MAX_VALUE, entry.bytes() + ENTRY_BYTES);
  }

  @Nullable
  public V get(K key) {
    Remembered<V> entry = entries.getIfPresent(key);
    return entry == null ? null : entry.value();
  }

  /**
   * @param bytes of key and value together, roughly
   * @param ttlNanos 0 or less for not at all
   */
  public void put(K key, V value, long bytes, long ttlNanos) {
    if (ttlNanos > 0) {
      entries.put(key, new Remembered<>(value, bytes, ttlNanos));
    }
  }

  public void remove(K key) {
    entries.invalidate(key);
  }

  /** Entries that have not expired. */
  long size() {
    entries.cleanUp();
    return entries.estimatedSize();
  }

  /** What they count as. */
  public long bytes() {
    entries.cleanUp();
    return entries.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }
}
