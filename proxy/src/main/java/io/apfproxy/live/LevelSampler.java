package io.apfproxy.live;

import io.apfproxy.config.Enforcement;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.LevelSnapshot.FlowSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Makes rows of levels: what counts since the start becomes what happened lately. */
final class LevelSampler {
  private final Observed observed;
  private final TotalsWindow happened = new TotalsWindow();
  private final TotalsWindow wouldHave = new TotalsWindow();

  LevelSampler(Observed observed) {
    this.observed = observed;
  }

  /** To be called once a second. */
  List<LevelRow> next() {
    happened.add(observed.totals());
    List<LevelSnapshot> levels = observed.levels();
    if (levels.stream().anyMatch(LevelSampler::letsPass)) {
      wouldHave.add(observed.wouldTotals());
    } else {
      wouldHave.clear(); // where everybody is held to it, nobody counts them each second
    }
    List<LevelRow> rows = new ArrayList<>();
    for (LevelSnapshot level : levels) {
      rows.add(
          new LevelRow(
              level,
              observed.queueLengthLimit(level.name()).orElse(0),
              happened.refused(level.name()),
              happened.waited(level.name()),
              observed.heaviest().heaviest(level.name()),
              shadow(level)));
    }
    return rows;
  }

  /** Whether it lets somebody pass whatever it decides. */
  private static boolean letsPass(LevelSnapshot level) {
    return !level.exempt() && level.enforcedPercent() < Enforcement.ENFORCE.percent();
  }

  private @Nullable Shadow shadow(LevelSnapshot level) {
    return letsPass(level)
        ? new Shadow(
            sum(level, FlowSnapshot::executingSeats),
            sum(level, FlowSnapshot::waiting),
            sum(level, FlowSnapshot::shadowExecutingSeats),
            sum(level, FlowSnapshot::shadowWaiting),
            wouldHave.refused(level.name()),
            wouldHave.waited(level.name()))
        : null;
  }

  private static int sum(LevelSnapshot level, ToIntFunction<FlowSnapshot> figure) {
    return level.flows().stream().mapToInt(figure).sum();
  }
}
