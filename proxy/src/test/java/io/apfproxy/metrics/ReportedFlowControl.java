package io.apfproxy.metrics;

import io.apfproxy.flowcontrol.FlowMetrics.FlowMeter;
import io.apfproxy.flowcontrol.KindLoad;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.LevelSnapshot.FlowSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.queueset.LevelLoad;
import io.apfproxy.queueset.TimedRatio;
import java.util.List;
import java.util.stream.LongStream;

/** What flow control reports, made up. */
final class ReportedFlowControl {
  private ReportedFlowControl() {}

  /** Everything that flow control reports, once. */
  static void tell(ProxyMetrics metrics) {
    metrics.bindLevels(() -> List.of(level()), () -> 0.875);
    metrics.bindKinds(kind -> load(kind == KindLoad.Kind.READ_ONLY ? 5 : 7));
    FlowMeter meter = metrics.flow().flow("workload-low", "service-accounts");
    meter.estimated(3);
    meter.watchersSeen(250);
    meter.enqueued(0);
    meter.rejected(RejectReason.QUEUE_FULL);
    meter.rejected(RejectReason.TIME_OUT);
    meter.rejected(RejectReason.TIME_OUT);
    meter.dispatched();
    meter.waited(5_000_000, true);
    meter.waited(0, false);
    meter.executed(40_000_000_000L, false);
    meter.executed(1_000_000, true);
    meter.wouldReject(RejectReason.TIME_OUT);
    meter.wouldWait(6_000_000, true);
  }

  private static LevelSnapshot level() {
    return new LevelSnapshot(
        "workload-low",
        false,
        false,
        false,
        128,
        3,
        12,
        5,
        98_765,
        4,
        0,
        1,
        6,
        13,
        245,
        25,
        845,
        56,
        70,
        40.5,
        3.25,
        41.5,
        55.5,
        1.5,
        1.25,
        1.125,
        0.5,
        0.75,
        -0.25,
        0.25,
        7,
        2,
        new LevelLoad(
            ratio(0, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, 1),
            ratio(0, .001, .003, .01, .03, .1, .25, .5, .75, 1),
            ratio(0, .001, .003, .01, .03, .1, .25, .5, .75, 1),
            ratio(.2, .4, .6, .8, 1, 1.2, 1.4, 1.7, 2, 2.8, 4, 6)),
        List.of(new FlowSnapshot("service-accounts", 12, 13, 5, 6, 9, 7, 8)),
        25,
        50);
  }

  /** Spent 1 ns in the first bucket, 2 in the second and so on. */
  private static TimedRatio ratio(double... upperBounds) {
    return new TimedRatio(
        upperBounds, LongStream.rangeClosed(1, upperBounds.length + 1).toArray(), 12.5);
  }

  private static KindLoad.Reading load(int most) {
    TimedRatio ratio = ratio(0, .001, .01, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, 1);
    return new KindLoad.Reading(ratio, ratio, most, most + 1);
  }
}
