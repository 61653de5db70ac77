package io.apfproxy.metrics;

import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.queueset.TimedRatio;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** How long the levels were how busy: histograms that count nanoseconds. */
final class LoadHistograms {
  static final String EXECUTING = "executing";
  static final String WAITING = "waiting";

  private LoadHistograms() {}

  static List<MetricSnapshot> of(List<LevelSnapshot> levels) {
    HistogramSnapshot.Builder seats = histogram(FlowMetricName.SEAT_UTILIZATION);
    HistogramSnapshot.Builder requests = histogram(FlowMetricName.REQUEST_UTILIZATION);
    HistogramSnapshot.Builder demand = histogram(FlowMetricName.DEMAND_SEATS);
    for (LevelSnapshot level : levels) {
      seats.dataPoint(
          point(level.load().seats(), FlowMetricName.SEAT_UTILIZATION, level.name(), EXECUTING));
      requests.dataPoint(
          point(
              level.load().executing(),
              FlowMetricName.REQUEST_UTILIZATION,
              level.name(),
              EXECUTING));
      requests.dataPoint(
          point(level.load().waiting(), FlowMetricName.REQUEST_UTILIZATION, level.name(), WAITING));
      demand.dataPoint(point(level.load().demand(), FlowMetricName.DEMAND_SEATS, level.name()));
    }
    return List.of(seats.build(), requests.build(), demand.build());
  }

  static HistogramSnapshot.Builder histogram(FlowMetricName metric) {
    return HistogramSnapshot.builder().name(metric.fullName()).help(metric.help());
  }

  static HistogramSnapshot.HistogramDataPointSnapshot point(
      TimedRatio ratio, FlowMetricName metric, String... labels) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < ratio.nanos().length; i++) {
      double bound =
          i < ratio.upperBounds().length ? ratio.upperBounds()[i] : Double.POSITIVE_INFINITY;
      buckets.bucket(bound, ratio.nanos()[i]);
    }
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(ratio.ratioNanos())
        .labels(Labels.of(metric.labels(), labels))
        .build();
  }
}
