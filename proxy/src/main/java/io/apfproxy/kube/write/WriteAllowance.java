package io.apfproxy.kube.write;

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
 * writers of different opinions cannot keep each other busy; after a refusal not for a while, twice
 * as long each time. Not thread-safe. Source: specification security.md S68.
 */
final class WriteAllowance {
  private static final int MOST = 6;
  private static final Duration WITHIN = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final int MOST_DOUBLINGS = 6; // up to 640 s

  private final Map<ObjectKey, History> objects = new HashMap<>();
  private final TimeSource time;

  /** Of one object. */
  private static final class History {
    final Deque<Long> recent = new ArrayDeque<>();
    int refusals;
    long refusedAt;

    boolean isPausing(long now) {
      long pause = FIRST_PAUSE.toNanos() << Math.min(refusals - 1, MOST_DOUBLINGS);
      return refusals > 0 && now - refusedAt < pause;
    }
  }

  WriteAllowance(TimeSource time) {
    this.time = time;
  }

  /** Whether the object may be written now; if so, this counts as a write. */
  boolean take(ObjectKey key) {
    long now = time.nanoTime();
    History history = objects.computeIfAbsent(key, unused -> new History());
    history.recent.removeIf(at -> now - at >= WITHIN.toNanos());
    return !history.isPausing(now) && history.recent.size() < MOST && history.recent.add(now);
  }

  /** The write that was allowed last was refused. */
  void refused(ObjectKey key) {
    History history = objects.computeIfAbsent(key, unused -> new History());
    history.refusals++;
    history.refusedAt = time.nanoTime();
  }

  /** It was written: the next refusal is the first again. */
  void written(ObjectKey key) {
    History history = objects.get(key);
    if (history != null) {
      history.refusals = 0;
    }
  }

  /** Forgets all other objects: they are gone. */
  void retain(Collection<ObjectKey> keys) {
    objects.keySet().retainAll(keys);
  }

  /** Objects that are remembered. */
  int size() {
    return objects.size();
  }
}
