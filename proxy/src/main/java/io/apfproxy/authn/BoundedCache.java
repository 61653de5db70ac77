package io.apfproxy.authn;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.time.TimeSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers values for a time, at most so many; the one not looked at for longest goes first.
 * Thread-safe.
 */
final class BoundedCache<K, V> {
  private final TimeSource time;
  private final Map<K, Remembered<V>> entries;

  private record Remembered<V>(V value, long deadlineNanos) {}

  BoundedCache(int most, TimeSource time) {
    this.time = time;
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, Remembered<V>> eldest) {
            return size() > most;
          }
        };
  }

  @Nullable
  V get(K key) {
    synchronized (entries) {
      Remembered<V> entry = entries.get(key);
      if (entry == null) {
        return null;
      }
      if (time.nanoTime() - entry.deadlineNanos() >= 0) {
        entries.remove(key);
        return null;
      }
      return entry.value();
    }
  }

  void put(K key, V value, long ttlNanos) {
    if (ttlNanos <= 0) {
      return;
    }
    synchronized (entries) {
      entries.put(key, new Remembered<>(value, time.nanoTime() + ttlNanos));
    }
  }

  void remove(K key) {
    synchronized (entries) {
      entries.remove(key);
    }
  }

  int size() {
    synchronized (entries) {
      return entries.size();
    }
  }
}
