package io.apfproxy.app;

import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter;
import io.apfproxy.report.Tracer;
import io.apfproxy.server.walk.Services;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everybody's listener, and how it comes to its end. */
record MainListener(ListenerPart part, ProxyOptions.Shutdown shutdown) {
  private static final Logger LOG = LoggerFactory.getLogger(MainListener.class);

  /**
   * Listens.
   *
   * @param logs told of every request
   * @param tracer of the requests
   * @throws StartException if the address cannot be bound
   */
  static MainListener start(
      Vertx vertx,
      ProxyOptions options,
      PemKeyPair certificate,
      IdentityPart identity,
      FlowControlPart flowControl,
      UpstreamAccess access,
      Outage outage,
      TalkersPart talkers,
      Reporter logs,
      Tracer tracer,
      ProxyMetrics metrics)
      throws StartException {
    Services services =
        new Services(
            new RequestHeadReader(identity.trust(), ListenerSettings.trustedProxies(options))::read,
            identity.gate(),
            flowControl.rateLimits(),
            flowControl.control(),
            flowControl.learning(),
            access::upstream,
            access.impersonationToken(),
            outage,
            Reporter.all(metrics.events(), talkers.reporter(), logs),
            tracer,
            talkers.heaviest(),
            LoggerFactory.getILoggerFactory());
    ListenerPart part =
        ListenerPart.start(
            vertx, ListenerSettings.of(options, certificate), services, "--secure-port");
    ListenerPart.show(part.bounds(), metrics);
    part.showResponseBuffer(metrics);
    return new MainListener(part, options.shutdown());
  }

  /**
   * Serves on for the delay; then no new requests, HTTP/2 clients are told to go, watches end;
   * waits for the rest no longer than the grace. Blocks meanwhile.
   */
  void drain() throws IOException, InterruptedException {
    LOG.info("stopping: not ready, {} s until requests are refused", shutdown.delay().toSeconds());
    TimeUnit.NANOSECONDS.sleep(shutdown.delay().toNanos());
    LOG.info("stopping: requests may finish within {} s", shutdown.grace().toSeconds());
    part.stop(shutdown.grace());
  }
}
