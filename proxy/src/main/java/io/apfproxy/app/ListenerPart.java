package io.apfproxy.app;

import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.server.ProxyServer;
import io.apfproxy.server.walk.Services;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients' listener. */
final class ListenerPart {
  private static final Logger LOG = LoggerFactory.getLogger(ListenerPart.class);
  private static final Duration CUTTING = Duration.ofSeconds(5);

  private final ProxyServer server;
  private final ProxyOptions.Shutdown shutdown;

  private ListenerPart(ProxyServer server, ProxyOptions.Shutdown shutdown) {
    this.server = server;
    this.shutdown = shutdown;
  }

  /**
   * Listens.
   *
   * @throws StartException if the address cannot be bound
   */
  static ListenerPart start(
      Vertx vertx,
      ProxyOptions options,
      PemKeyPair certificate,
      IdentityPart identity,
      FlowControlPart flowControl,
      UpstreamAccess access,
      Outage outage,
      ProxyMetrics metrics)
      throws StartException {
    ProxyOptions.Listener listener = options.listener();
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
            metrics.events());
    try {
      return new ListenerPart(
          Waiting.on(ProxyServer.start(vertx, ListenerSettings.of(options, certificate), services)),
          options.shutdown());
    } catch (IOException e) {
      throw Ports.cannotListen("--secure-port", listener.bindAddress(), listener.securePort(), e);
    }
  }

  /** Lets the metrics see what clients can fill. */
  void show(ProxyMetrics metrics) {
    server
        .bounds()
        .forEach(
            bound ->
                metrics.bindBound(bound.rule(), bound.used(), bound.limit(), bound.overflows()));
    metrics.bindResponseBuffer(server::responseBytesBuffered);
  }

  int port() {
    return server.port();
  }

  /** Fails if a request would not find its way to the upstream. */
  Future<Void> probeUpstream() {
    return server.probeUpstream();
  }

  /** Presents another certificate to new connections. */
  Future<Void> replaceCertificate(PemKeyPair certificate) {
    return server.replaceCertificate(certificate);
  }

  /**
   * Serves on for the delay; then no new requests, HTTP/2 clients are told to go, watches end;
   * waits for the rest no longer than the grace. Blocks meanwhile.
   */
  void drain() throws IOException, InterruptedException {
    LOG.info("stopping: not ready, {} s until requests are refused", shutdown.delay().toSeconds());
    TimeUnit.NANOSECONDS.sleep(shutdown.delay().toNanos());
    LOG.info("stopping: requests may finish within {} s", shutdown.grace().toSeconds());
    Waiting.on(server.shutdown(shutdown.grace()), shutdown.grace().plus(CUTTING));
  }
}
