package io.apfproxy.replay.audit;

import io.apfproxy.replay.figures.Waits;
import java.util.HashMap;
import java.util.Map;

/**
 * How long requests are served, for those of which it is not known: the median of what is alike.
 * Not thread-safe while it grows. Source: specification seeing.md V-46, V-48.
 */
final class Durations {
  static final long UNKNOWN_WATCH = 5_000_000;
  private static final long UNKNOWN_REQUEST = 5_000_000;
  private static final int MOST_KINDS = 20_000;
  private static final String WATCH = "watch";

  private final Map<String, Waits> byKind = new HashMap<>();
  private final Map<String, Waits> byVerb = new HashMap<>();

  /** So long one of them was served. */
  void add(Asked asked, long nanos) {
    String kind = asked.kind();
    Waits known = byKind.get(kind);
    if (known == null && byKind.size() < MOST_KINDS) {
      known = new Waits();
      byKind.put(kind, known);
    }
    if (known != null) {
      known.add(nanos);
    }
    byVerb.computeIfAbsent(asked.info().verb(), verb -> new Waits()).add(nanos);
  }

  /** How long one of these is likely to be served, in nanoseconds. */
  long of(Asked asked) {
    Waits known = byKind.getOrDefault(asked.kind(), byVerb.get(asked.info().verb()));
    if (known == null) {
      return asked.info().verb().equals(WATCH) ? UNKNOWN_WATCH : UNKNOWN_REQUEST;
    }
    return Math.max(1, known.quantile(0.5));
  }
}
