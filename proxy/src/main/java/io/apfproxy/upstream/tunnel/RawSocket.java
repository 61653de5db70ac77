package io.apfproxy.upstream.tunnel;

import io.apfproxy.upstream.wire.NettyHttp2;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.http1.Http1ServerConnection;
import io.vertx.core.net.NetSocket;

/**
 * Takes the socket of an HTTP/1.1 connection away from its HTTP codec. Uses an internal class of
 * Vert.x, as only {@link NettyHttp2} does beside it.
 */
final class RawSocket {
  /*
   * The public HttpServerRequest.toNetSocket() refuses every method but GET and CONNECT, while
   * kubectl before 1.31 and every SPDY fall-back upgrade a POST. Http1ServerConnection.netSocket()
   * is what toNetSocket() calls after that check; the 101 head is ours to write, raw.
   */
  private RawSocket() {}

  /** Whether the connection is one whose socket can be taken. */
  static boolean available(HttpServerRequest client) {
    return client.connection() instanceof Http1ServerConnection;
  }

  /** The raw socket; the request must have been read to its end, no response started. */
  static Future<NetSocket> of(HttpServerRequest client) {
    return ((Http1ServerConnection) client.connection()).netSocket();
  }
}
