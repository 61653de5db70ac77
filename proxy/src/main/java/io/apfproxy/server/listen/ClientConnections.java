package io.apfproxy.server.listen;

import io.apfproxy.upstream.wire.GatheredFlushes;
import io.apfproxy.upstream.wire.Liveness;
import io.apfproxy.upstream.wire.StreamWritability;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The client connections of one event loop, and belongs to it. */
public final class ClientConnections {
  private static final long FIRST_REQUEST_NANOS = TimeUnit.SECONDS.toNanos(32);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final Vertx vertx;
  private final Map<HttpConnection, ClientConnection> open = new HashMap<>();

  public ClientConnections(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A client has connected, and no request of it is read yet. */
  public ClientConnection connected(HttpConnection http) {
    StreamWritability.watch(http);
    GatheredFlushes.on(http);
    Liveness.ofClient(http);
    Http1Versions.guard(http);
    HeadMeter.watch(http);
    ClientConnection connection = of(http);
    UnreadableBody.watch(http, connection::bodyUnreadable);
    open.put(http, connection);
    http.closeHandler(closed -> open.remove(http));
    return connection;
  }

  /**
   * The one that a request came by.
   *
   * @throws RuntimeException nothing can be known of it, and it was closed
   */
  public ClientConnection of(HttpConnection http) {
    ClientConnection known = open.get(http);
    if (known != null) {
      return known;
    }
    try {
      return new ClientConnection(vertx, http, System.nanoTime());
    } catch (RuntimeException defect) {
      http.close(); // nobody could be answered here
      throw defect;
    }
  }

  /** One that was a tunnel ended: a socket taken from its codec does not report its close. */
  public void tunnelEnded(HttpConnection http) {
    open.remove(http);
  }

  public boolean isEmpty() {
    return open.isEmpty();
  }

  /** Sends all HTTP/2 clients to other connections. */
  public void sendAway() {
    List.copyOf(open.values()).forEach(ClientConnection::sendAway);
  }

  /** Closes those that have been idle for too long; call it now and then. */
  public void closeIdle() {
    long now = System.nanoTime();
    open.values()
        .forEach(connection -> connection.closeIfIdle(now, FIRST_REQUEST_NANOS, IDLE_NANOS));
  }
}
