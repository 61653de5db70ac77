package io.apfproxy.server.listen;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A line in which everybody has a turn, however many each has standing there. Not thread-safe.
 *
 * @param <K> who
 * @param <V> what stands in line; each once
 */
final class Turns<K, V> {
  /*
   * Who may not go is passed over and goes to the end. Only so many are passed over at a time, or a
   * line of many who must wait would cost as much with every step of it.
   */
  private static final int PASSED_OVER = 64;

  private final Map<K, Set<V>> lines = new LinkedHashMap<>();
  private int size;

  void add(K key, V value) {
    size += lines.computeIfAbsent(key, first -> new LinkedHashSet<>()).add(value) ? 1 : 0;
  }

  boolean contains(K key, V value) {
    return lines.getOrDefault(key, Set.of()).contains(value);
  }

  /** Harmless if it does not stand here. */
  void remove(K key, V value) {
    Set<V> line = lines.get(key);
    if (line != null && line.remove(value)) {
      size--;
      if (line.isEmpty()) {
        lines.remove(key);
      }
    }
  }

  /** Takes the first of the next one that may go; null if there is none. */
  @Nullable V next(Predicate<V> may) {
    for (int i = Math.min(PASSED_OVER, lines.size()); i > 0; i--) {
      Iterator<Map.Entry<K, Set<V>>> all = lines.entrySet().iterator();
      Map.Entry<K, Set<V>> turn = all.next();
      all.remove();
      K key = turn.getKey();
      Set<V> line = turn.getValue();
      V first = line.iterator().next();
      boolean goes = may.test(first);
      if (goes) {
        line.remove(first);
        size--;
      }
      if (!line.isEmpty()) {
        lines.put(key, line);
      }
      if (goes) {
        return first;
      }
    }
    return null;
  }

  int size() {
    return size;
  }
}
