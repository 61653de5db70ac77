package io.apfproxy.server.listen;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
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

  private final Map<K, NavigableMap<Long, V>> lines = new LinkedHashMap<>();
  private final Map<V, Long> numbers = new HashMap<>();
  private long last;

  /**
   * @param value that does not stand here yet
   */
  void add(K key, V value) {
    long number = ++last;
    numbers.put(value, number);
    lines.computeIfAbsent(key, first -> new TreeMap<>()).put(number, value);
  }

  boolean contains(V value) {
    return numbers.containsKey(value);
  }

  /** Harmless if it does not stand here. */
  void remove(K key, V value) {
    Long number = numbers.remove(value);
    NavigableMap<Long, V> line = lines.get(key);
    if (number != null && line != null) {
      line.remove(number);
      if (line.isEmpty()) {
        lines.remove(key);
      }
    }
  }

  /**
   * Takes the first of the next one that may go.
   *
   * @param may what becomes of one; null if it may not go
   * @return what becomes of it; null if there is none
   */
  <R> @Nullable R next(Function<V, @Nullable R> may) {
    return next(NavigableMap::firstEntry, may);
  }

  /** The same with the latest of the next one. */
  <R> @Nullable R nextLatest(Function<V, @Nullable R> may) {
    return next(NavigableMap::lastEntry, may);
  }

  private <R> @Nullable R next(
      Function<NavigableMap<Long, V>, Map.Entry<Long, V>> end, Function<V, @Nullable R> may) {
    for (int i = Math.min(PASSED_OVER, lines.size()); i > 0; i--) {
      Iterator<Map.Entry<K, NavigableMap<Long, V>>> all = lines.entrySet().iterator();
      Map.Entry<K, NavigableMap<Long, V>> turn = all.next();
      all.remove();
      K key = turn.getKey();
      NavigableMap<Long, V> line = turn.getValue();
      Map.Entry<Long, V> one = end.apply(line);
      R becomes = may.apply(one.getValue());
      if (becomes != null) {
        line.remove(one.getKey());
        numbers.remove(one.getValue());
      }
      if (!line.isEmpty()) {
        lines.put(key, line);
      }
      if (becomes != null) {
        return becomes;
      }
    }
    return null;
  }

  int size() {
    return numbers.size();
  }
}
