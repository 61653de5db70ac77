package io.apfproxy.app;

import io.apfproxy.cli.StartException;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.server.ProxyServer;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.server.walk.Services;
import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A listener of clients: everybody's, or that of a few. */
final class ListenerPart {
  private static final Duration CUTTING = Duration.ofSeconds(5);

  private final ProxyServer server;

  private ListenerPart(ProxyServer server) {
    this.server = server;
  }

  /**
   * Listens.
   *
   * @param flag that names the port
   * @throws StartException if the address cannot be bound
   */
  static ListenerPart start(Vertx vertx, ServerConfig config, Services services, String flag)
      throws StartException {
    try {
      return new ListenerPart(Waiting.on(ProxyServer.start(vertx, config, services)));
    } catch (IOException e) {
      throw Ports.cannotListen(flag, config.bindAddress(), config.port(), e);
    }
  }

  /** What clients can fill. */
  List<Bound> bounds() {
    return server.bounds();
  }

  /** Lets the metrics see what clients can fill. */
  static void show(List<Bound> bounds, ProxyMetrics metrics) {
    bounds.forEach(
        bound -> metrics.bindBound(bound.rule(), bound.used(), bound.limit(), bound.overflows()));
  }

  /** Lets the metrics see how much of responses is kept for clients that do not read. */
  void showResponseBuffer(ProxyMetrics metrics) {
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
   * No new requests, HTTP/2 clients are told to go, watches end; waits for the rest no longer than
   * the grace. Blocks meanwhile.
   */
  void stop(Duration grace) throws IOException {
    Waiting.on(server.shutdown(grace), grace.plus(CUTTING));
  }
}
