package io.apfproxy.metrics;

import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.flowcontrol.RejectReason;
import io.apfproxy.live.LevelTotals;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.StatefulMetric;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.DoubleStream;

/** Counts and measures requests under kube-apiserver's names. Thread-safe. */
final class FlowMeters implements FlowMetrics {
  /*
   * The Prometheus client itself, since Micrometer allows no bucket at 0 and several of these have
   * one. Data points are looked up once per level and schema, never per request. Those of what is configured no longer are kept, as
   * kube-apiserver keeps them, but not more than a thousand: names that come and go would fill the memory.
   */
  private static final double NANOS_PER_SECOND = 1e9;

  private static final int MOST_GONE = 1000;
  private static final String LEVEL = "priority_level";
  private static final String REASON = "reason";
  private static final double[] WAIT_BOUNDS =
      DoubleStream.concat(
              Arrays.stream(FlowMetricName.WAIT_DURATION.buckets()),
              DoubleStream.of(Double.POSITIVE_INFINITY))
          .toArray();

  private final Map<Lead, FlowMeter> meters = new ConcurrentHashMap<>();
  private final Counter rejected;
  private final Counter dispatched;
  private final Histogram queueLength;
  private final Histogram wait;
  private final Histogram execution;
  private final Histogram watchCount;
  private final Histogram seats;
  private final Counter shadowRejected;
  private final Histogram shadowWait;

  FlowMeters(PrometheusRegistry registry) {
    rejected = counter(registry, FlowMetricName.REJECTED_REQUESTS);
    dispatched = counter(registry, FlowMetricName.DISPATCHED_REQUESTS);
    queueLength = histogram(registry, FlowMetricName.QUEUE_LENGTH_AFTER_ENQUEUE);
    wait = histogram(registry, FlowMetricName.WAIT_DURATION);
    execution = histogram(registry, FlowMetricName.EXECUTION);
    watchCount = histogram(registry, FlowMetricName.WATCH_COUNT);
    seats = histogram(registry, FlowMetricName.WORK_ESTIMATED_SEATS);
    shadowRejected = counter(registry, ShadowMetricName.REJECTED, FlowMetricName.REJECTED_REQUESTS);
    shadowWait = histogram(registry, ShadowMetricName.WAIT, FlowMetricName.WAIT_DURATION);
  }

  /** What each level has refused and let wait, by its name. */
  Map<String, LevelTotals> totals() {
    return totals(rejected, wait);
  }

  /** What each level would have refused and let wait of those it does not hold to its decisions. */
  Map<String, LevelTotals> wouldTotals() {
    return totals(shadowRejected, shadowWait);
  }

  private static Map<String, LevelTotals> totals(Counter refusals, Histogram waits) {
    Map<String, LevelTotals> totals = new HashMap<>();
    for (CounterDataPointSnapshot point : refusals.collect().getDataPoints()) {
      for (RejectReason reason : RejectReason.values()) {
        if (reason.label().equals(point.getLabels().get(REASON))) {
          of(totals, point.getLabels()).addRefused(reason, (long) point.getValue());
        }
      }
    }
    for (HistogramDataPointSnapshot point : waits.collect().getDataPoints()) {
      LevelTotals level = of(totals, point.getLabels());
      for (int i = 0; i < point.getClassicBuckets().size(); i++) {
        level.addWaits(i, point.getClassicBuckets().getCount(i));
      }
    }
    return totals;
  }

  private static LevelTotals of(Map<String, LevelTotals> totals, Labels labels) {
    return totals.computeIfAbsent(
        String.valueOf(labels.get(LEVEL)), name -> new LevelTotals(WAIT_BOUNDS));
  }

  @Override
  public FlowMeter flow(String priorityLevel, String flowSchema) {
    return meters.computeIfAbsent(new Lead(priorityLevel, flowSchema), Meter::new);
  }

  @Override
  public void inForce(Set<Lead> leads) {
    if (meters.size() <= leads.size() + MOST_GONE || !meters.keySet().retainAll(leads)) {
      return;
    }
    for (StatefulMetric<?, ?> metric :
        List.of(
            rejected,
            dispatched,
            queueLength,
            wait,
            execution,
            watchCount,
            seats,
            shadowRejected,
            shadowWait)) {
      metric.removeIf(labels -> !leads.contains(new Lead(labels.get(0), labels.get(1))));
    }
  }

  private static Counter counter(PrometheusRegistry registry, FlowMetricName metric) {
    return counter(registry, metric, metric);
  }

  /**
   * @param like whose labels it has
   */
  private static Counter counter(
      PrometheusRegistry registry, MetricName metric, FlowMetricName like) {
    return Counter.builder()
        .name(metric.meterName())
        .help(metric.help())
        .labelNames(like.labels())
        .withoutExemplars()
        .register(registry);
  }

  private static Histogram histogram(PrometheusRegistry registry, FlowMetricName metric) {
    return histogram(registry, metric, metric);
  }

  /**
   * @param like whose labels and buckets it has
   */
  private static Histogram histogram(
      PrometheusRegistry registry, MetricName metric, FlowMetricName like) {
    return Histogram.builder()
        .classicOnly()
        .classicUpperBounds(like.buckets())
        .name(metric.meterName())
        .help(metric.help())
        .labelNames(like.labels())
        .withoutExemplars()
        .register(registry);
  }

  private final class Meter implements FlowMeter {
    private final Map<RejectReason, CounterDataPoint> rejections =
        new EnumMap<>(RejectReason.class);
    private final CounterDataPoint dispatches;
    private final DistributionDataPoint queueLengths;
    private final DistributionDataPoint waitsToExecute;
    private final DistributionDataPoint waitsInVain;
    private final DistributionDataPoint regularExecutions;
    private final DistributionDataPoint watchExecutions;
    private final DistributionDataPoint watchCounts;
    private final DistributionDataPoint estimates;
    private final Map<RejectReason, CounterDataPoint> shadowRejections =
        new EnumMap<>(RejectReason.class);
    private final DistributionDataPoint shadowWaitsToExecute;
    private final DistributionDataPoint shadowWaitsInVain;

    Meter(Lead key) {
      String level = key.priorityLevel();
      String schema = key.flowSchema();
      for (RejectReason reason : RejectReason.values()) {
        rejections.put(reason, rejected.labelValues(level, schema, reason.label()));
        shadowRejections.put(reason, shadowRejected.labelValues(level, schema, reason.label()));
      }
      dispatches = FlowMeters.this.dispatched.labelValues(level, schema);
      queueLengths = queueLength.labelValues(level, schema);
      waitsToExecute = wait.labelValues(level, schema, "true");
      waitsInVain = wait.labelValues(level, schema, "false");
      regularExecutions = execution.labelValues(level, schema, "regular");
      watchExecutions = execution.labelValues(level, schema, "watch");
      watchCounts = watchCount.labelValues(level, schema);
      estimates = seats.labelValues(level, schema);
      shadowWaitsToExecute = shadowWait.labelValues(level, schema, "true");
      shadowWaitsInVain = shadowWait.labelValues(level, schema, "false");
    }

    @Override
    public void estimated(int width) {
      estimates.observe(width);
    }

    @Override
    public void watchersSeen(int count) {
      watchCounts.observe(count);
    }

    @Override
    public void enqueued(int length) {
      queueLengths.observe(length);
    }

    @Override
    public void rejected(RejectReason reason) {
      Objects.requireNonNull(rejections.get(reason)).inc();
    }

    @Override
    public void dispatched() {
      dispatches.inc();
    }

    @Override
    public void waited(long nanos, boolean execute) {
      (execute ? waitsToExecute : waitsInVain).observe(nanos / NANOS_PER_SECOND);
    }

    @Override
    public void executed(long nanos, boolean watch) {
      (watch ? watchExecutions : regularExecutions).observe(nanos / NANOS_PER_SECOND);
    }

    @Override
    public void wouldReject(RejectReason reason) {
      Objects.requireNonNull(shadowRejections.get(reason)).inc();
    }

    @Override
    public void wouldWait(long nanos, boolean execute) {
      (execute ? shadowWaitsToExecute : shadowWaitsInVain).observe(nanos / NANOS_PER_SECOND);
    }
  }
}
