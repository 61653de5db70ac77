package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.process.Cgroup;
import io.apfproxy.upstream.wire.Credential;
import java.time.Instant;

/** What the proxy tells of itself in its metrics: build, transport, readiness, certificates. */
final class SelfMetrics {
  private SelfMetrics() {}

  static void bind(
      ProxyMetrics metrics,
      ProxyOptions options,
      Transports transports,
      Readiness readiness,
      ServingCertificate certificate,
      UpstreamAccess access) {
    metrics.describe(
        Version.NUMBER, transports.name(), transports.tls(), options.flowControl().serverLimit());
    metrics.bindCgroup(Cgroup.own());
    metrics.bindReady(readiness::isReady);
    metrics.bindDroppedLines(DroppedLines::sum);
    metrics.bindCertificate(() -> certificate.daysLeft(Instant.now()));
    bind(metrics, access, "front-proxy", Credential.FRONT_PROXY);
    bind(metrics, access, "own", Credential.OWN);
  }

  private static void bind(
      ProxyMetrics metrics, UpstreamAccess access, String name, Credential credential) {
    if (access.daysLeft(credential, Instant.now()).isPresent()) {
      metrics.bindClientCertificate(
          name, () -> access.daysLeft(credential, Instant.now()).orElse(Double.NaN));
    }
  }
}
