package io.apfproxy.metrics;

import io.apfproxy.limit.LimitReading;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What rate limits do, read at each scrape. Labels are names of objects only. Source: specification
 * limits.md L-33.
 */
final class RateLimitGauges implements MultiCollector {
  private static final String LIMIT = "rate_limit";
  private static final String OUTCOME = "outcome";
  private static final String DIRECTION = "direction";

  private final Supplier<List<LimitReading>> limits;

  RateLimitGauges(Supplier<List<LimitReading>> limits) {
    this.limits = limits;
  }

  @Override
  public MetricSnapshots collect() {
    CounterSnapshot.Builder requests = counter(ProxyMeterName.RATE_LIMIT_REQUESTS);
    CounterSnapshot.Builder shadow = counter(ProxyMeterName.SHADOW_RATE_LIMITED);
    CounterSnapshot.Builder overflows = counter(ProxyMeterName.RATE_LIMIT_KEYS_OVERFLOWED);
    CounterSnapshot.Builder bytes = counter(ProxyMeterName.RATE_LIMIT_BYTES);
    HistogramSnapshot.Builder waits =
        HistogramSnapshot.builder()
            .name(ProxyMeterName.RATE_LIMIT_WAIT.meterName())
            .help(ProxyMeterName.RATE_LIMIT_WAIT.help());
    GaugeSnapshot.Builder keys = gauge(ProxyMeterName.RATE_LIMIT_KEYS);
    GaugeSnapshot.Builder fullest = gauge(ProxyMeterName.RATE_LIMIT_FULLEST);
    for (LimitReading limit : limits.get()) {
      Labels name = Labels.of(LIMIT, limit.name());
      requests
          .dataPoint(count(name.add(OUTCOME, "passed"), limit.passed()))
          .dataPoint(count(name.add(OUTCOME, "delayed"), limit.delayed()))
          .dataPoint(count(name.add(OUTCOME, "refused"), limit.refused()))
          .dataPoint(count(name.add(OUTCOME, "refunded"), limit.refunded()));
      shadow
          .dataPoint(count(name.add(OUTCOME, "delayed"), limit.shadow().delayed()))
          .dataPoint(count(name.add(OUTCOME, "refused"), limit.shadow().refused()));
      bytes
          .dataPoint(count(name.add(DIRECTION, "in"), limit.bytesIn()))
          .dataPoint(count(name.add(DIRECTION, "out"), limit.bytesOut()));
      overflows.dataPoint(count(name, limit.overflows()));
      waits.dataPoint(histogram(name, limit.waits()));
      keys.dataPoint(point(name, limit.keys()));
      fullest.dataPoint(point(name, limit.fullest()));
    }
    return new MetricSnapshots(
        requests.build(),
        shadow.build(),
        bytes.build(),
        overflows.build(),
        waits.build(),
        keys.build(),
        fullest.build());
  }

  private static HistogramSnapshot.HistogramDataPointSnapshot histogram(
      Labels labels, LimitReading.Waits waits) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < waits.numbers().size(); i++) {
      double bound = i < waits.bounds().size() ? waits.bounds().get(i) : Double.POSITIVE_INFINITY;
      buckets.bucket(bound, waits.numbers().get(i));
    }
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .classicHistogramBuckets(buckets.build())
        .sum(waits.nanos() / (double) TimeUnit.SECONDS.toNanos(1))
        .labels(labels)
        .build();
  }

  private static CounterSnapshot.Builder counter(ProxyMeterName metric) {
    return CounterSnapshot.builder().name(metric.meterName()).help(metric.help());
  }

  private static CounterSnapshot.CounterDataPointSnapshot count(Labels labels, long value) {
    return CounterSnapshot.CounterDataPointSnapshot.builder()
        .labels(labels)
        .value((double) value)
        .build();
  }

  private static GaugeSnapshot.Builder gauge(ProxyMeterName metric) {
    return GaugeSnapshot.builder().name(metric.meterName()).help(metric.help());
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, double value) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }
}
