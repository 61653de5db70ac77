package io.apfproxy.metrics;

import io.apfproxy.queueset.BurstDenial;
import io.apfproxy.queueset.BurstState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What levels have saved and spend beyond their limits, read at each scrape. Source: specification
 * limits.md L-67.
 */
final class BurstGauges implements MultiCollector {
  private static final String LEVEL = "priority_level";
  private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<? extends Map<String, BurstState>> bursts;

  /**
   * @param bursts by level
   */
  BurstGauges(Supplier<? extends Map<String, BurstState>> bursts) {
    this.bursts = bursts;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder credit = Points.gauge(ProxyMeterName.BURST_CREDIT);
    GaugeSnapshot.Builder most = Points.gauge(ProxyMeterName.BURST_CREDIT_MAX);
    GaugeSnapshot.Builder seats = Points.gauge(ProxyMeterName.BURST_SEATS_IN_USE);
    CounterSnapshot.Builder granted = Points.counter(ProxyMeterName.BURST_GRANTED);
    CounterSnapshot.Builder denied = Points.counter(ProxyMeterName.BURST_DENIED);
    bursts
        .get()
        .forEach(
            (name, burst) -> {
              Labels level = Labels.of(LEVEL, name);
              credit.dataPoint(Points.point(level, burst.creditSeatNanos() / SECOND));
              most.dataPoint(Points.point(level, burst.mostSeatNanos() / SECOND));
              seats.dataPoint(Points.point(level, burst.seatsInUse()));
              granted.dataPoint(Points.count(level, burst.granted()));
              burst
                  .denied()
                  .forEach(
                      (why, number) ->
                          denied.dataPoint(Points.count(level.add("why", label(why)), number)));
            });
    return new MetricSnapshots(
        credit.build(), most.build(), seats.build(), granted.build(), denied.build());
  }

  private static String label(BurstDenial why) {
    return why.name().toLowerCase(Locale.ROOT);
  }
}
