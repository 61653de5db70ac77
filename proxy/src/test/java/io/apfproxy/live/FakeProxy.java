package io.apfproxy.live;

import io.apfproxy.command.RefusalJson;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.LevelSnapshot.FlowSnapshot;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.queueset.QueueRow;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.refusals.RefusalBook;
import io.apfproxy.report.refusals.RefusalNews;
import io.apfproxy.report.refusals.Refused;
import io.apfproxy.report.talkers.NowAnswer;
import io.apfproxy.time.ManualTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The real levels without a request, and counts that a test makes; of one level where it says. */
public class FakeProxy implements Observed {
  /** The level whose counts {@link #refuse} and the others raise. */
  public static final String LEVEL = "catch-all";

  private static final double[] BOUNDS = {0, 0.1, 1, Double.POSITIVE_INFINITY};

  final ApfFlowControl control;
  final RefusalBook book;
  final Counts happened = new Counts();
  final Counts wouldHave = new Counts();
  int looks;
  int tops;
  int queues;

  /** Who is held to the decisions of all levels but the exempt one. */
  Enforcement enforcement = Enforcement.ENFORCE;

  /** A level that is not there any more. */
  @Nullable String gone;

  /** Of {@link #LEVEL}. */
  HeaviestFlow.@Nullable Flow heaviest;

  /** Of all levels but the exempt one; null for what they are. */
  @Nullable List<FlowSnapshot> flows;

  /** With the built-in levels. */
  public FakeProxy(ManualTime time) {
    this(time, FlowControlConfiguration.builtIn());
  }

  public FakeProxy(ManualTime time, FlowControlConfiguration configuration) {
    this(time, configuration, new RefusalBook(time));
  }

  public FakeProxy(ManualTime time, FlowControlConfiguration configuration, RefusalBook book) {
    this.book = book;
    this.control =
        ApfFlowControl.create(
            FlowControlSettings.of(600),
            configuration,
            time,
            (nanos, action) -> {},
            FlowMetrics.NONE);
  }

  /** What has been refused and has waited. */
  static final class Counts {
    private final Map<RejectReason, Integer> refused = new EnumMap<>(RejectReason.class);
    private final long[] waits = new long[BOUNDS.length];

    void refuse(RejectReason reason, int number) {
      refused.merge(reason, number, Integer::sum);
    }

    void wait(int bucket, int number) {
      waits[bucket] += number;
    }

    LevelTotals totals() {
      LevelTotals now = new LevelTotals(BOUNDS);
      for (RejectReason reason : RejectReason.values()) {
        now.addRefused(reason, refused.getOrDefault(reason, 0));
      }
      for (int i = 0; i < waits.length; i++) {
        now.addWaits(i, waits[i]);
      }
      return now;
    }
  }

  void refuse(RejectReason reason, int number) {
    happened.refuse(reason, number);
  }

  void wait(int bucket, int number) {
    happened.wait(bucket, number);
  }

  void wouldRefuse(RejectReason reason, int number) {
    wouldHave.refuse(reason, number);
  }

  void wouldWait(int bucket, int number) {
    wouldHave.wait(bucket, number);
  }

  @Override
  public List<LevelSnapshot> levels() {
    looks++;
    return control.snapshot().stream()
        .filter(level -> !level.name().equals(gone))
        .map(this::changed)
        .toList();
  }

  /** A level as the test wants it. */
  LevelSnapshot changed(LevelSnapshot level) {
    return level.exempt()
        ? level
        : with(
            level,
            level.name(),
            level.waiting(),
            level.executing(),
            level.seatsInUse(),
            level.currentLimit(),
            flows == null ? level.flows() : flows,
            enforcement.percent());
  }

  /** A level with another name and other figures. */
  static LevelSnapshot with(
      LevelSnapshot level,
      String name,
      int waiting,
      int executing,
      int seats,
      int limit,
      List<FlowSnapshot> flows,
      int enforcedPercent) {
    return new LevelSnapshot(
        name,
        level.exempt(),
        level.idle(),
        level.quiescing(),
        level.queues(),
        level.activeQueues(),
        waiting,
        executing,
        level.dispatched(),
        level.rejected(),
        level.timedOut(),
        level.cancelled(),
        seats,
        level.seatsWaiting(),
        level.nominalLimit(),
        level.minLimit(),
        level.maxLimit(),
        limit,
        level.demandHighWatermark(),
        level.demandAverage(),
        level.demandStdev(),
        level.demandSmoothed(),
        level.target(),
        level.currentR(),
        level.dispatchR(),
        level.latestS(),
        level.nextSMin(),
        level.nextSMax(),
        level.discountedSMin(),
        level.discountedSMax(),
        level.epochAdvances(),
        level.epochAdvancesClamped(),
        level.load(),
        flows,
        enforcedPercent,
        level.queueLengthLimit());
  }

  @Override
  public OptionalInt queueLengthLimit(String level) {
    return OptionalInt.empty();
  }

  @Override
  public Optional<List<QueueRow>> queues(String level) {
    queues++;
    return control.queues(level);
  }

  @Override
  public List<NowAnswer.Row> users(String level) {
    return List.of(new NowAnswer.Row("ann", 3, 2, 1));
  }

  @Override
  public Map<String, LevelTotals> totals() {
    return Map.of(LEVEL, happened.totals());
  }

  @Override
  public Map<String, LevelTotals> wouldTotals() {
    return Map.of(LEVEL, wouldHave.totals());
  }

  @Override
  public HeaviestFlow heaviest() {
    return level -> level.equals(LEVEL) ? heaviest : null;
  }

  @Override
  public Optional<String> top(Topic.Top question) {
    tops++;
    return Optional.of("{}\n");
  }

  @Override
  public RefusalNews refusals(long position) {
    return book.since(position);
  }

  @Override
  public String refusal(Refused one) {
    return RefusalJson.write(one);
  }

  @Override
  public long refusalsInAll() {
    return book.total();
  }

  @Override
  public Head head() {
    return new Head(
        "1.2.3",
        "one",
        "https://upstream",
        "v1.37.1",
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        true,
        0,
        0);
  }

  @Override
  public List<Source> sources() {
    return List.of();
  }
}
