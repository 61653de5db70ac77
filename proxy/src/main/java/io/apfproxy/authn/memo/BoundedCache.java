package io.apfproxy.authn.memo;

import com.github.benmanes.caffeine.cache.Cache;
import io.apfproxy.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Remembers values, each for a time of its own, at most so many and so many bytes of them.
 * Thread-safe.
 */
public final class BoundedCache<K, V> {
  private final Cache<K, Remembered<V>> entries;

  /**
   * @param most entries
   * @param mostBytes bytes of them all, {@code most} times 256 or more
   */
  public BoundedCache(int most, long mostBytes, TimeSource time) {
    entries = Remembered.<K, V>cache(most, mostBytes, time).build();
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
    Remembered<V> entry = new Remembered<>(value, bytes, ttlNanos);
    if (entry.isKept()) {
      entries.put(key, entry);
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
