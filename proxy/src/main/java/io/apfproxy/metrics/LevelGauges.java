package io.apfproxy.metrics;

import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.flowcontrol.LevelSnapshot.FlowSnapshot;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** State of the priority levels, read from one set of snapshots at each scrape. */
final class LevelGauges implements MultiCollector {
  private static final Map<FlowMetricName, ToDoubleFunction<LevelSnapshot>> BY_LEVEL =
      Map.ofEntries(
          Map.entry(FlowMetricName.NOMINAL_LIMIT_SEATS, LevelSnapshot::nominalLimit),
          Map.entry(FlowMetricName.LOWER_LIMIT_SEATS, LevelSnapshot::minLimit),
          Map.entry(FlowMetricName.UPPER_LIMIT_SEATS, LevelSnapshot::maxLimit),
          Map.entry(FlowMetricName.CURRENT_LIMIT_SEATS, LevelSnapshot::currentLimit),
          Map.entry(FlowMetricName.DEMAND_SEATS_HIGH_WATERMARK, LevelSnapshot::demandHighWatermark),
          Map.entry(FlowMetricName.DEMAND_SEATS_AVERAGE, LevelSnapshot::demandAverage),
          Map.entry(FlowMetricName.DEMAND_SEATS_STDEV, LevelSnapshot::demandStdev),
          Map.entry(FlowMetricName.DEMAND_SEATS_SMOOTHED, LevelSnapshot::demandSmoothed),
          Map.entry(FlowMetricName.TARGET_SEATS, LevelSnapshot::target),
          Map.entry(FlowMetricName.CURRENT_R, LevelSnapshot::currentR),
          Map.entry(FlowMetricName.DISPATCH_R, LevelSnapshot::dispatchR),
          Map.entry(FlowMetricName.LATEST_S, LevelSnapshot::latestS));

  private static final Map<FlowMetricName, ToDoubleFunction<FlowSnapshot>> BY_FLOW =
      Map.of(
          FlowMetricName.CURRENT_INQUEUE_REQUESTS, FlowSnapshot::waiting,
          FlowMetricName.CURRENT_INQUEUE_SEATS, FlowSnapshot::waitingSeats,
          FlowMetricName.CURRENT_EXECUTING_REQUESTS, FlowSnapshot::executing,
          FlowMetricName.CURRENT_EXECUTING_SEATS, FlowSnapshot::executingSeats);

  private final Supplier<List<LevelSnapshot>> levels;

  private final DoubleSupplier fairFraction;

  LevelGauges(Supplier<List<LevelSnapshot>> levels, DoubleSupplier fairFraction) {
    this.levels = levels;
    this.fairFraction = fairFraction;
  }

  @Override
  public MetricSnapshots collect() {
    List<LevelSnapshot> snapshots = levels.get();
    List<MetricSnapshot> metrics = new ArrayList<>();
    BY_LEVEL.forEach((metric, value) -> metrics.add(byLevel(metric, value, snapshots)));
    BY_FLOW.forEach((metric, value) -> metrics.add(byFlow(metric, value, snapshots)));
    metrics.add(
        bounds(
            FlowMetricName.NEXT_S_BOUNDS,
            LevelSnapshot::nextSMin,
            LevelSnapshot::nextSMax,
            snapshots));
    metrics.add(
        bounds(
            FlowMetricName.NEXT_DISCOUNTED_S_BOUNDS,
            LevelSnapshot::discountedSMin,
            LevelSnapshot::discountedSMax,
            snapshots));
    metrics.add(epochAdvances(snapshots));
    metrics.add(noAccommodations(snapshots));
    metrics.addAll(LoadHistograms.of(snapshots));
    metrics.add(enforcedPercent(snapshots));
    metrics.add(queueLengthLimit(snapshots));
    metrics.add(
        shadow(
            ShadowMetricName.CURRENT_INQUEUE_REQUESTS,
            FlowMetricName.CURRENT_INQUEUE_REQUESTS,
            FlowSnapshot::shadowWaiting,
            snapshots));
    metrics.add(
        shadow(
            ShadowMetricName.CURRENT_EXECUTING_SEATS,
            FlowMetricName.CURRENT_EXECUTING_SEATS,
            FlowSnapshot::shadowExecutingSeats,
            snapshots));
    metrics.add(
        Points.gauge(FlowMetricName.SEAT_FAIR_FRAC)
            .dataPoint(Points.point(Labels.EMPTY, fairFraction.getAsDouble()))
            .build());
    return new MetricSnapshots(metrics);
  }

  private static MetricSnapshot byLevel(
      FlowMetricName metric, ToDoubleFunction<LevelSnapshot> value, List<LevelSnapshot> levels) {
    GaugeSnapshot.Builder gauge = Points.gauge(metric);
    for (LevelSnapshot level : levels) {
      gauge.dataPoint(Points.point(labels(metric, level.name()), value.applyAsDouble(level)));
    }
    return gauge.build();
  }

  private static MetricSnapshot byFlow(
      FlowMetricName metric, ToDoubleFunction<FlowSnapshot> value, List<LevelSnapshot> levels) {
    GaugeSnapshot.Builder gauge = Points.gauge(metric);
    for (LevelSnapshot level : levels) {
      for (FlowSnapshot flow : level.flows()) {
        gauge.dataPoint(
            Points.point(
                labels(metric, level.name(), flow.flowSchema()), value.applyAsDouble(flow)));
      }
    }
    return gauge.build();
  }

  private static MetricSnapshot enforcedPercent(List<LevelSnapshot> levels) {
    GaugeSnapshot.Builder gauge = Points.gauge(ShadowMetricName.ENFORCED_PERCENT);
    for (LevelSnapshot level : levels) {
      gauge.dataPoint(
          Points.point(
              labels(FlowMetricName.NOMINAL_LIMIT_SEATS, level.name()), level.enforcedPercent()));
    }
    return gauge.build();
  }

  /** Exempt levels have none: so rules tell levels that may be full from those that never are. */
  private static MetricSnapshot queueLengthLimit(List<LevelSnapshot> levels) {
    GaugeSnapshot.Builder gauge = Points.gauge(ProxyMeterName.QUEUE_LENGTH_LIMIT);
    for (LevelSnapshot level : levels) {
      if (!level.exempt()) {
        gauge.dataPoint(
            Points.point(
                labels(FlowMetricName.NOMINAL_LIMIT_SEATS, level.name()),
                level.queueLengthLimit()));
      }
    }
    return gauge.build();
  }

  /**
   * @param like whose labels it has
   */
  private static MetricSnapshot shadow(
      ShadowMetricName metric,
      FlowMetricName like,
      ToDoubleFunction<FlowSnapshot> value,
      List<LevelSnapshot> levels) {
    GaugeSnapshot.Builder gauge = Points.gauge(metric);
    for (LevelSnapshot level : levels) {
      for (FlowSnapshot flow : level.flows()) {
        gauge.dataPoint(
            Points.point(labels(like, level.name(), flow.flowSchema()), value.applyAsDouble(flow)));
      }
    }
    return gauge.build();
  }

  private static MetricSnapshot bounds(
      FlowMetricName metric,
      ToDoubleFunction<LevelSnapshot> min,
      ToDoubleFunction<LevelSnapshot> max,
      List<LevelSnapshot> levels) {
    GaugeSnapshot.Builder gauge = Points.gauge(metric);
    for (LevelSnapshot level : levels) {
      gauge.dataPoint(Points.point(labels(metric, level.name(), "min"), min.applyAsDouble(level)));
      gauge.dataPoint(Points.point(labels(metric, level.name(), "max"), max.applyAsDouble(level)));
    }
    return gauge.build();
  }

  /** An advance failed if it had to clamp a reading: then it was not the same for all queues. */
  private static MetricSnapshot epochAdvances(List<LevelSnapshot> levels) {
    FlowMetricName metric = FlowMetricName.EPOCH_ADVANCE;
    CounterSnapshot.Builder counter = Points.counter(metric);
    for (LevelSnapshot level : levels) {
      long failed = level.epochAdvancesClamped();
      counter.dataPoint(
          Points.count(labels(metric, level.name(), "true"), level.epochAdvances() - failed));
      counter.dataPoint(Points.count(labels(metric, level.name(), "false"), failed));
    }
    return counter.build();
  }

  private static MetricSnapshot noAccommodations(List<LevelSnapshot> levels) {
    FlowMetricName metric = FlowMetricName.NO_ACCOMMODATION;
    CounterSnapshot.Builder counter = Points.counter(metric);
    for (LevelSnapshot level : levels) {
      for (FlowSnapshot flow : level.flows()) {
        counter.dataPoint(
            Points.count(labels(metric, level.name(), flow.flowSchema()), flow.noAccommodation()));
      }
    }
    return counter.build();
  }

  private static Labels labels(FlowMetricName metric, String... values) {
    return Labels.of(metric.labels(), values);
  }
}
