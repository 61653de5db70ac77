package io.apfproxy.metrics;

import io.apfproxy.flowcontrol.KindLoad;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.LongRunning;
import io.apfproxy.request.RequestInfo;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Measures how soon upstream answers. Thread-safe. Source: specification seeing.md V-110. */
final class UpstreamMeter implements Reporter {
  /*
   * Until the head, as what follows it goes as fast as the client reads. A time-out of ours counts with the time it took: a
   * server that answers nothing at all would look well otherwise. What may last (watches, logs, exec) says nothing of the server.
   */
  private static final double NANOS_PER_SECOND = 1e9;

  private static final int TIMEOUT = 504;

  /** Those of apiserver_request_duration_seconds. */
  private static final double[] BUCKETS = {
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45,
    60
  };

  private final DistributionDataPoint readOnly;
  private final DistributionDataPoint mutating;

  UpstreamMeter(PrometheusRegistry registry) {
    Histogram responses =
        Histogram.builder()
            .classicOnly()
            .classicUpperBounds(BUCKETS)
            .name(ProxyMeterName.UPSTREAM_RESPONSE_SECONDS.meterName())
            .help(ProxyMeterName.UPSTREAM_RESPONSE_SECONDS.help())
            .labelNames(FlowMetricName.Labels.KIND)
            .withoutExemplars()
            .register(registry);
    readOnly = responses.labelValues(KindLoad.Kind.READ_ONLY.label());
    mutating = responses.labelValues(KindLoad.Kind.MUTATING.label());
  }

  @Override
  public void answered(Account account) {
    RequestInfo info = account.info();
    if (info == null
        || account.sentAt() == 0
        || account.code() == 0
        || (account.refusal() != null && account.code() != TIMEOUT)
        || LongRunning.isLongRunning(info)) {
      return;
    }
    DistributionDataPoint kind =
        KindLoad.Kind.of(info.verb()) == KindLoad.Kind.READ_ONLY ? readOnly : mutating;
    kind.observe((account.answeredAt() - account.sentAt()) / NANOS_PER_SECOND);
  }
}
