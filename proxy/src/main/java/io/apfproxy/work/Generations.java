package io.apfproxy.work;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map that forgets what was not written for longest, so that nobody can fill it up for
 * good. Thread-safe, never blocks for long.
 */
final class Generations<K, V> {
  /*
   * Two maps: what is written goes into the young one, and when that is half of what may be kept, it becomes the old one, and what
   * was old is gone. So every step costs one or two look-ups, where a strict order of use would cost a lock at each.
   */
  private final int mostYoung;
  private volatile Pair<K, V> pair =
      new Pair<>(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());

  private record Pair<K, V>(ConcurrentHashMap<K, V> young, ConcurrentHashMap<K, V> old) {}

  /**
   * @param most entries, 2 or more
   */
  Generations(int most) {
    this.mostYoung = most / 2;
  }

  @Nullable V get(K key) {
    Pair<K, V> now = pair;
    V value = now.young.get(key);
    return value == null ? now.old.get(key) : value;
  }

  /** Whether the key was new. */
  boolean putIfAbsent(K key, V value) {
    return get(key) == null && young().putIfAbsent(key, value) == null;
  }

  /** Whether the value was the expected one. */
  boolean replace(K key, V expected, V value) {
    Pair<K, V> now = pair;
    if (now.young.replace(key, expected, value)) {
      return true;
    }
    return now.old.remove(key, expected) && young().putIfAbsent(key, value) == null;
  }

  /** Does nothing if the key is not there. */
  void update(K key, UnaryOperator<V> change) {
    for (V old = get(key); old != null; old = get(key)) {
      if (replace(key, old, change.apply(old))) {
        return;
      }
    }
  }

  int size() {
    Pair<K, V> now = pair;
    return now.young.size() + now.old.size();
  }

  private ConcurrentHashMap<K, V> young() {
    ConcurrentHashMap<K, V> young = pair.young;
    if (young.size() < mostYoung) {
      return young;
    }
    synchronized (this) {
      if (pair.young.size() >= mostYoung) {
        pair = new Pair<>(new ConcurrentHashMap<>(), pair.young);
      }
      return pair.young;
    }
  }
}
