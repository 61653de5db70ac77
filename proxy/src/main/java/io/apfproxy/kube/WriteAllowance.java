package io.apfproxy.kube;

import io.apfproxy.config.ObjectKey;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How often one object may be written: six times a minute, as kube-apiserver does, so that two
 * writers of different opinions cannot keep each other busy. Not thread-safe. Source: specification
 * security.md S68.
 */
final class WriteAllowance {
  private static final int MOST = 6;
  private static final Duration WITHIN = Duration.ofMinutes(1);

  private final Map<ObjectKey, Deque<Long>> writes = new HashMap<>();
  private final TimeSource time;

  WriteAllowance(TimeSource time) {
    this.time = time;
  }

  /** Whether the object may be written now; if so, this counts as a write. */
  boolean take(ObjectKey key) {
    long now = time.nanoTime();
    Deque<Long> recent = writes.computeIfAbsent(key, unused -> new ArrayDeque<>());
    recent.removeIf(at -> now - at >= WITHIN.toNanos());
    return recent.size() < MOST && recent.add(now);
  }

  /** Forgets all other objects: they are gone. */
  void retain(Collection<ObjectKey> keys) {
    writes.keySet().retainAll(keys);
  }

  /** Objects that are remembered. */
  int size() {
    return writes.size();
  }
}
