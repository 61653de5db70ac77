package io.apfproxy.app;

import io.apfproxy.admin.AdminPages;
import io.apfproxy.admin.AdminServer;
import io.apfproxy.authn.act.UrlAccess;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.review.KubeReviews;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;

/** The operators' listener, on an event loop that clients leave alone. */
final class AdminPart {
  private static final String UNREAD = "admin-unread-bytes";

  private final AdminServer server;
  private final boolean tls;
  private final int port;

  private AdminPart(AdminServer server, boolean tls, int port) {
    this.server = server;
    this.tls = tls;
    this.port = port;
  }

  /**
   * Listens.
   *
   * @param certificate for TLS, where that is asked for
   * @param reviews say who else than this machine may read
   * @throws StartException if the address cannot be bound
   */
  static AdminPart start(
      ProxyOptions.Admin options,
      Transports transports,
      PemKeyPair certificate,
      KubeReviews reviews,
      AdminPages pages,
      ProxyMetrics metrics,
      Closers closers)
      throws StartException {
    Vertx operators = transports.open(1);
    closers.add("operators' event loop", () -> Waiting.on(operators.close()));
    AdminEntrance entrance = new AdminEntrance(metrics);
    AdminServer server =
        options.tls()
            ? AdminServer.tls(
                operators,
                pages,
                certificate,
                new UrlAccess(reviews, reviews, TimeSource.system()),
                entrance)
            : AdminServer.plain(operators, pages, entrance);
    metrics.bindBound(
        LivePart.STREAMS, server::streams, AdminServer.MOST_STREAMS, server::streamsRefused);
    metrics.bindBound(
        UNREAD, server::unreadBytes, AdminServer.MOST_UNREAD_BYTES, server::unreadCutOff);
    metrics.bindMissedTicks(server::ticksMissed);
    try {
      int port = Waiting.on(server.listen(options.bindAddress(), options.port()));
      closers.add("admin listener", () -> Waiting.on(server.close()));
      return new AdminPart(server, options.tls(), port);
    } catch (IOException e) {
      throw Ports.cannotListen("--admin-port", options.bindAddress(), options.port(), e);
    }
  }

  int port() {
    return port;
  }

  /** Presents another certificate to new connections, where there is TLS. */
  Future<Void> replaceCertificate(PemKeyPair certificate) {
    return tls ? server.replaceCertificate(certificate) : Future.succeededFuture();
  }
}
