package io.apfproxy.live;

import io.apfproxy.flowcontrol.RejectReason;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Makes what counts since the start into what happened lately: refusals of one second, and waits of
 * ten, since one alone has too few of them for a percentile. Not thread-safe.
 */
final class TotalsWindow {
  private static final int WAIT_SECONDS = 10;

  private static final List<RejectReason> REASONS = List.of(RejectReason.values());
  private static final List<Long> NONE = REASONS.stream().map(reason -> 0L).toList();

  private final Deque<Map<String, LevelTotals>> before = new ArrayDeque<>();
  private Map<String, LevelTotals> now = Map.of();

  /** To be called once a second; nothing has happened yet at the first time. */
  void add(Map<String, LevelTotals> totals) {
    if (before.isEmpty()) {
      now = totals;
    }
    before.add(now);
    if (before.size() > WAIT_SECONDS) {
      before.removeFirst();
    }
    now = totals;
  }

  /** Forgets all: the next time is the first. */
  void clear() {
    before.clear();
  }

  /** In the last second, in the order of {@link RejectReason}. */
  List<Long> refused(String level) {
    LevelTotals newer = of(now, level);
    LevelTotals older = of(before.getLast(), level);
    if (!newer.refusedMoreThan(older)) {
      return NONE; // as most do, of a thousand
    }
    return REASONS.stream().map(reason -> newer.refusedSince(older, reason)).toList();
  }

  /** Bound on the 99th percentile of ten seconds, in seconds; NaN without any wait. */
  double waited(String level) {
    return of(now, level).waitSince(of(before.getFirst(), level));
  }

  private static LevelTotals of(Map<String, LevelTotals> totals, String level) {
    return totals.getOrDefault(level, LevelTotals.NONE);
  }
}
