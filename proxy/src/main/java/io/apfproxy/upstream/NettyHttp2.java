package io.apfproxy.upstream;

import io.apfproxy.nullness.Nullable;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/** What lies under an HTTP/2 connection of Vert.x, whose public interface does not show it. */
final class NettyHttp2 {
  private NettyHttp2() {}

  /** Null for HTTP/1.1. */
  static @Nullable Http2ConnectionHandler handler(HttpConnection connection) {
    return connection instanceof ConnectionBase base
            && base.channelHandlerContext().handler() instanceof Http2ConnectionHandler http2
        ? http2
        : null;
  }

  /**
   * Whether the peer said, by GOAWAY, that it never looked at this stream of ours. On the
   * connection's event loop.
   */
  static boolean wentAwayBefore(HttpConnection connection, long stream) {
    // goAwayHandler() would tell too, but Vert.x copies the frame for it and never frees the copy
    Http2ConnectionHandler http2 = handler(connection);
    if (http2 == null) {
      return false;
    }
    Http2Connection state = http2.connection();
    return state.goAwayReceived() && stream > state.local().lastStreamKnownByPeer();
  }
}
