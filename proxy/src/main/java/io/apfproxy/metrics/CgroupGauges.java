package io.apfproxy.metrics;

import io.apfproxy.process.Cgroup;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;

/** What the container may have, and how often it wanted more processor. V-110. */
final class CgroupGauges implements MultiCollector {
  private final Cgroup cgroup;

  CgroupGauges(Cgroup cgroup) {
    this.cgroup = cgroup;
  }

  @Override
  public MetricSnapshots collect() {
    GaugeSnapshot.Builder memory = Points.gauge(ProxyMeterName.MEMORY_LIMIT);
    CounterSnapshot.Builder periods = Points.counter(ProxyMeterName.CPU_PERIODS);
    CounterSnapshot.Builder throttled = Points.counter(ProxyMeterName.CPU_THROTTLED_PERIODS);
    Cgroup.Limits limits = cgroup.limits();
    limits
        .memory()
        .ifPresent(bytes -> memory.dataPoint(Points.point(Labels.EMPTY, (double) bytes)));
    limits
        .processor()
        .ifPresent(
            limited -> {
              periods.dataPoint(Points.count(Labels.EMPTY, limited.periods()));
              throttled.dataPoint(Points.count(Labels.EMPTY, limited.throttled()));
            });
    return new MetricSnapshots(memory.build(), periods.build(), throttled.build());
  }
}
