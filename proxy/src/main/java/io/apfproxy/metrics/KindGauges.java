package io.apfproxy.metrics;

import io.apfproxy.flowcontrol.KindLoad;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Function;

/** Reading requests and all others, in all levels together, read at each scrape. */
final class KindGauges implements MultiCollector {
  private final Function<KindLoad.Kind, KindLoad.Reading> loads;

  KindGauges(Function<KindLoad.Kind, KindLoad.Reading> loads) {
    this.loads = loads;
  }

  @Override
  public MetricSnapshots collect() {
    HistogramSnapshot.Builder ratios = Points.histogram(FlowMetricName.READ_VS_WRITE);
    GaugeSnapshot.Builder executing = Points.gauge(ProxyMeterName.CURRENT_IN_FLIGHT);
    GaugeSnapshot.Builder waiting = Points.gauge(ProxyMeterName.CURRENT_IN_QUEUE);
    for (KindLoad.Kind kind : KindLoad.Kind.values()) {
      KindLoad.Reading load = loads.apply(kind);
      Labels label = Labels.of(FlowMetricName.Labels.KIND, kind.label());
      ratios
          .dataPoint(
              LoadHistograms.point(
                  load.executing(),
                  FlowMetricName.READ_VS_WRITE,
                  LoadHistograms.EXECUTING,
                  kind.label()))
          .dataPoint(
              LoadHistograms.point(
                  load.waiting(),
                  FlowMetricName.READ_VS_WRITE,
                  LoadHistograms.WAITING,
                  kind.label()));
      executing.dataPoint(Points.point(label, load.mostExecuting()));
      waiting.dataPoint(Points.point(label, load.mostWaiting()));
    }
    return new MetricSnapshots(ratios.build(), executing.build(), waiting.build());
  }
}
