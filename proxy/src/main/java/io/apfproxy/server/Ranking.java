package io.apfproxy.server;

import io.apfproxy.nullness.Nullable;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * How many each has, and who has most. Only those are remembered who have one. Changes cost the
 * logarithm of the number of different counts. Not thread-safe.
 */
final class Ranking<K> {
  private final Map<K, Integer> numbers = new HashMap<>();
  private final NavigableMap<Integer, Set<K>> byNumber = new TreeMap<>();

  void add(K key) {
    move(key, of(key), of(key) + 1);
  }

  /**
   * @param key of one that has at least one
   */
  void remove(K key) {
    move(key, of(key), of(key) - 1);
  }

  private void move(K key, int from, int to) {
    Set<K> left = byNumber.get(from);
    if (left != null) {
      left.remove(key);
      if (left.isEmpty()) {
        byNumber.remove(from);
      }
    }
    if (to > 0) {
      numbers.put(key, to);
      byNumber.computeIfAbsent(to, first -> new LinkedHashSet<>()).add(key);
    } else {
      numbers.remove(key);
    }
  }

  int of(K key) {
    return numbers.getOrDefault(key, 0);
  }

  /** Of the one that has most; 0 if nobody has any. */
  int most() {
    return byNumber.isEmpty() ? 0 : byNumber.lastKey();
  }

  /** One of those that have most; null if nobody has any. */
  @Nullable
  K first() {
    return byNumber.isEmpty() ? null : byNumber.lastEntry().getValue().iterator().next();
  }
}
