package io.apfproxy.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

/** Metrics that are read at a scrape: a builder for each by its name, and their points. */
final class Points {
  private Points() {}

  static CounterSnapshot.Builder counter(MetricName metric) {
    return CounterSnapshot.builder().name(metric.meterName()).help(metric.help());
  }

  static CounterDataPointSnapshot count(Labels labels, long value) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
  }

  static GaugeSnapshot.Builder gauge(MetricName metric) {
    return GaugeSnapshot.builder().name(metric.meterName()).help(metric.help());
  }

  static GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  static HistogramSnapshot.Builder histogram(MetricName metric) {
    return HistogramSnapshot.builder().name(metric.meterName()).help(metric.help());
  }

  /**
   * What fell into buckets.
   *
   * @param bounds upper ones, each inclusive; the last bucket has none
   * @param numbers in each bucket alone, one more than there are bounds
   * @param sum of all that was observed
   */
  static HistogramDataPointSnapshot buckets(
      Labels labels, double[] bounds, long[] numbers, double sum) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < numbers.length; i++) {
      buckets.bucket(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, numbers[i]);
    }
    return HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(sum)
        .labels(labels)
        .build();
  }
}
