package io.apfproxy.upstream.wire;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The {@link StreamResets} of each HTTP/2 connection. Belongs to one event loop. */
final class PacedResets {
  private final Vertx vertx;
  private final Map<HttpConnection, StreamResets> connections = new HashMap<>();

  PacedResets(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A connection of HTTP/2 is there. */
  void add(HttpConnection connection) {
    connections.put(
        connection,
        new StreamResets(
            System::nanoTime,
            (nanos, action) ->
                vertx.setTimer(TimeUnit.NANOSECONDS.toMillis(nanos) + 1, due -> action.run()),
            unfinished -> NettyHttp2.withhold(connection, unfinished)));
  }

  void remove(HttpConnection connection) {
    connections.remove(connection);
  }

  /**
   * Resets a request's stream as soon as its connection bears that; one of HTTP/1.1 is closed at
   * once.
   *
   * @return to be called if the stream ends otherwise
   */
  Runnable reset(HttpClientRequest request, Runnable reset) {
    StreamResets connection = connections.get(request.connection());
    if (connection == null) {
      reset.run();
      return () -> {};
    }
    ContextInternal own = (ContextInternal) vertx.getOrCreateContext();
    return connection.reset(() -> own.dispatch(reset)); // it may wait for another request's turn
  }
}
