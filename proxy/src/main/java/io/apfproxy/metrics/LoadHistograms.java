package io.apfproxy.metrics;

import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.queueset.TimedRatio;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** How long the levels were how busy: histograms that count nanoseconds. */
final class LoadHistograms {
  static final String EXECUTING = "executing";
  static final String WAITING = "waiting";

  private LoadHistograms() {}

  static List<MetricSnapshot> of(List<LevelSnapshot> levels) {
    HistogramSnapshot.Builder seats = Points.histogram(FlowMetricName.SEAT_UTILIZATION);
    HistogramSnapshot.Builder requests = Points.histogram(FlowMetricName.REQUEST_UTILIZATION);
    HistogramSnapshot.Builder demand = Points.histogram(FlowMetricName.DEMAND_SEATS);
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

  static HistogramDataPointSnapshot point(
      TimedRatio ratio, FlowMetricName metric, String... labels) {
    return Points.buckets(
        Labels.of(metric.labels(), labels), ratio.upperBounds(), ratio.nanos(), ratio.ratioNanos());
  }
}
