package io.apfproxy.live;

import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Makes rows of levels: what counts since the start becomes what happened lately. */
final class LevelSampler {
  /** Waits of ten seconds: one alone has too few of them for a percentile. */
  private static final int WAIT_SECONDS = 10;

  private final Observed observed;
  private final Deque<Map<String, LevelTotals>> before = new ArrayDeque<>();

  LevelSampler(Observed observed) {
    this.observed = observed;
  }

  /** To be called once a second. */
  List<LevelRow> next() {
    Map<String, LevelTotals> totals = observed.totals();
    if (before.isEmpty()) {
      before.add(totals);
    }
    List<LevelRow> rows = new ArrayList<>();
    for (LevelSnapshot level : observed.levels()) {
      LevelTotals now = of(totals, level);
      LevelTotals second = of(before.getLast(), level);
      List<Long> refused = new ArrayList<>();
      for (RejectReason reason : RejectReason.values()) {
        refused.add(now.refusedSince(second, reason));
      }
      rows.add(
          new LevelRow(
              level,
              observed.queueLengthLimit(level.name()).orElse(0),
              refused,
              now.waitSince(of(before.getFirst(), level)),
              observed.heaviest().heaviest(level.name())));
    }
    before.add(totals);
    if (before.size() > WAIT_SECONDS) {
      before.removeFirst();
    }
    return rows;
  }

  private static LevelTotals of(Map<String, LevelTotals> totals, LevelSnapshot level) {
    return totals.getOrDefault(level.name(), LevelTotals.NONE);
  }
}
