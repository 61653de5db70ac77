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
    HistogramSnapshot.Builder ratios = LoadHistograms.histogram(FlowMetricName.READ_VS_WRITE);
    GaugeSnapshot.Builder executing = gauge(ProxyMeterName.CURRENT_IN_FLIGHT);
    GaugeSnapshot.Builder waiting = gauge(ProxyMeterName.CURRENT_IN_QUEUE);
    for (KindLoad.Kind kind : KindLoad.Kind.values()) {
      KindLoad.Reading load = loads.apply(kind);
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
      executing.dataPoint(point(kind, load.mostExecuting()));
      waiting.dataPoint(point(kind, load.mostWaiting()));
    }
    return new MetricSnapshots(ratios.build(), executing.build(), waiting.build());
  }

  private static GaugeSnapshot.Builder gauge(ProxyMeterName metric) {
    return GaugeSnapshot.builder().name(metric.meterName()).help(metric.help());
  }

  private static GaugeSnapshot.GaugeDataPointSnapshot point(KindLoad.Kind kind, int number) {
    return GaugeSnapshot.GaugeDataPointSnapshot.builder()
        .labels(Labels.of(FlowMetricName.Labels.KIND, kind.label()))
        .value(number)
        .build();
  }
}
