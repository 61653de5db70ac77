package io.apfproxy.metrics;

import io.apfproxy.limit.LimitReading;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
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
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<List<LimitReading>> limits;

  RateLimitGauges(Supplier<List<LimitReading>> limits) {
    this.limits = limits;
  }

  @Override
  public MetricSnapshots collect() {
    CounterSnapshot.Builder requests = Points.counter(ProxyMeterName.RATE_LIMIT_REQUESTS);
    CounterSnapshot.Builder shadow = Points.counter(ProxyMeterName.SHADOW_RATE_LIMITED);
    CounterSnapshot.Builder overflows = Points.counter(ProxyMeterName.RATE_LIMIT_KEYS_OVERFLOWED);
    CounterSnapshot.Builder bytes = Points.counter(ProxyMeterName.RATE_LIMIT_BYTES);
    HistogramSnapshot.Builder waits = Points.histogram(ProxyMeterName.RATE_LIMIT_WAIT);
    GaugeSnapshot.Builder keys = Points.gauge(ProxyMeterName.RATE_LIMIT_KEYS);
    GaugeSnapshot.Builder fullest = Points.gauge(ProxyMeterName.RATE_LIMIT_FULLEST);
    for (LimitReading limit : limits.get()) {
      Labels name = Labels.of(LIMIT, limit.name());
      requests
          .dataPoint(Points.count(name.add(OUTCOME, "passed"), limit.passed()))
          .dataPoint(Points.count(name.add(OUTCOME, "delayed"), limit.delayed()))
          .dataPoint(Points.count(name.add(OUTCOME, "refused"), limit.refused()))
          .dataPoint(Points.count(name.add(OUTCOME, "refunded"), limit.refunded()));
      shadow
          .dataPoint(Points.count(name.add(OUTCOME, "delayed"), limit.shadow().delayed()))
          .dataPoint(Points.count(name.add(OUTCOME, "refused"), limit.shadow().refused()));
      bytes
          .dataPoint(Points.count(name.add(DIRECTION, "in"), limit.bytesIn()))
          .dataPoint(Points.count(name.add(DIRECTION, "out"), limit.bytesOut()));
      overflows.dataPoint(Points.count(name, limit.overflows()));
      waits.dataPoint(waits(name, limit.waits()));
      keys.dataPoint(Points.point(name, limit.keys()));
      fullest.dataPoint(Points.point(name, limit.fullest()));
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

  private static HistogramDataPointSnapshot waits(Labels name, LimitReading.Waits waits) {
    return Points.buckets(
        name,
        waits.bounds().stream().mapToDouble(Double::doubleValue).toArray(),
        waits.numbers().stream().mapToLong(Long::longValue).toArray(),
        waits.nanos() / SECOND);
  }
}
