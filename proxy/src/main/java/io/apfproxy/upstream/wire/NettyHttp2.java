package io.apfproxy.upstream.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/** What lies under an HTTP/2 connection of Vert.x, whose public interface does not show it. */
public final class NettyHttp2 {
  private NettyHttp2() {}

  /** Null for HTTP/1.1. */
  static @Nullable Http2ConnectionHandler handler(HttpConnection connection) {
    return connection instanceof ConnectionBase base
            && base.channelHandlerContext().handler() instanceof Http2ConnectionHandler http2
        ? http2
        : null;
  }

  /**
   * Ends a response at once, also one of which Vert.x has handed on the end and that only waits for
   * its client. Where the socket is full nothing could tell the client, and the connection is
   * dropped. On the connection's event loop.
   *
   * @param stream negative for HTTP/1.1, whose connection it takes
   */
  public static void cutOff(HttpConnection connection, long stream) {
    Http2ConnectionHandler http2 = handler(connection);
    Channel channel = ((ConnectionBase) connection).channel();
    if (http2 == null || stream < 0 || !channel.isWritable()) {
      Liveness.drop(channel);
    } else {
      ChannelHandlerContext context = ((ConnectionBase) connection).channelHandlerContext();
      var unused =
          http2.resetStream(context, (int) stream, ErrorCodes.INTERNAL_ERROR, context.newPromise());
      http2.flush(context);
    }
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

  /**
   * Whether all of a client's request has come, and there was no body: Vert.x tells that only of a
   * request that is read, in a later turn. On the connection's event loop; false for HTTP/1.1.
   */
  public static boolean hasComeWithoutBody(HttpServerRequest request) {
    Http2ConnectionHandler http2 = handler(request.connection());
    Http2Stream stream = http2 == null ? null : http2.connection().stream((int) request.streamId());
    return stream != null
        && stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE
        && request.bytesRead() == 0;
  }

  /**
   * Whether all of what the peer sends on a stream has come, while the stream is not closed. On the
   * connection's event loop; false for HTTP/1.1.
   */
  public static boolean hasComeWhole(HttpConnection connection, long stream) {
    Http2ConnectionHandler http2 = handler(connection);
    Http2Stream known = http2 == null ? null : http2.connection().stream((int) stream);
    return known != null && known.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
  }

  /**
   * Sends every header in full from now on. What is indexed for later requests are the tokens of
   * all who share the connection, and HPACK asks that such secrets be not (RFC 7541 7.1.3); Vert.x
   * lets nobody say which they are. Call when the peer's settings have arrived, which say the
   * table's size anew. On the connection's event loop.
   */
  static void forgetHeaders(HttpConnection connection) {
    Http2ConnectionHandler http2 = handler(connection);
    if (http2 != null) {
      try {
        http2.encoder().configuration().headersConfiguration().maxHeaderTableSize(0);
      } catch (Http2Exception impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }

  /**
   * Lets Vert.x open so many streams fewer than the peer allows, by telling it of settings that the
   * peer did not send. On the connection's event loop.
   */
  static void withhold(HttpConnection connection, int streams) {
    Http2ConnectionHandler http2 = handler(connection);
    if (http2 != null && connection instanceof Http2FrameListener vertx) {
      long left = (long) http2.connection().local().maxActiveStreams() - streams;
      ChannelHandlerContext context = ((ConnectionBase) connection).channelHandlerContext();
      try {
        vertx.onSettingsRead(context, new Http2Settings().maxConcurrentStreams(Math.max(0, left)));
      } catch (Http2Exception impossible) {
        throw new IllegalStateException(impossible);
      }
    }
  }
}
