package io.apfproxy.server.listen;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who holds what, and who holds most. Only those are remembered who hold something. Changes cost
 * the logarithm of the number of different counts. Not thread-safe.
 *
 * @param <K> who
 * @param <V> what; each is held once
 */
public final class Crowd<K, V> {
  private final Map<K, Set<V>> held = new HashMap<>();
  private final NavigableMap<Integer, Set<K>> byNumber = new TreeMap<>();

  public void add(K key, V value) {
    Set<V> own = held.computeIfAbsent(key, first -> new LinkedHashSet<>());
    own.add(value);
    move(key, own.size() - 1, own.size());
  }

  /** Harmless if it does not hold it. */
  public void remove(K key, V value) {
    Set<V> own = held.get(key);
    if (own != null && own.remove(value)) {
      move(key, own.size() + 1, own.size());
      if (own.isEmpty()) {
        held.remove(key);
      }
    }
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
      byNumber.computeIfAbsent(to, first -> new LinkedHashSet<>()).add(key);
    }
  }

  /** How many there are that hold something. */
  int size() {
    return held.size();
  }

  /** How many of this one. */
  public int of(K key) {
    return all(key).size();
  }

  /** What this one holds, the eldest first. */
  Set<V> all(K key) {
    return held.getOrDefault(key, Set.of());
  }

  /** Of the one that holds most; 0 if nobody holds any. */
  public int most() {
    return byNumber.isEmpty() ? 0 : byNumber.lastKey();
  }

  /** What one of those holds that hold most, the eldest first; empty if nobody holds any. */
  public Set<V> ofMost() {
    Map.Entry<Integer, Set<K>> last = byNumber.lastEntry();
    return last == null ? Set.of() : held.getOrDefault(last.getValue().iterator().next(), Set.of());
  }
}
