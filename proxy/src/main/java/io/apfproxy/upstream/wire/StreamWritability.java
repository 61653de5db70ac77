package io.apfproxy.upstream.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Tells the streams of an HTTP/2 connection that they may write again, where Netty forgets to.
 *
 * <p>A stream that opens in the moment its channel is full starts as not writable. The news that
 * the channel is writable again comes later, as an event, and Netty's flow controller compares it
 * with what the connection was last told: if the channel was full and free again between two such
 * events, nothing seems to have changed, and no stream is told. Vert.x then holds the bytes of that
 * stream back until a WINDOW_UPDATE arrives, which a client with large windows never sends: the
 * response stands still. A window update of nothing makes the controller look again.
 */
public final class StreamWritability extends ChannelInboundHandlerAdapter {
  private final Http2ConnectionHandler http2;

  StreamWritability(Http2ConnectionHandler http2) {
    this.http2 = http2;
  }

  /** Looks after the streams of a connection; one of HTTP/1.1 has none. On its event loop. */
  public static void watch(HttpConnection connection) {
    Http2ConnectionHandler http2 = NettyHttp2.handler(connection);
    if (http2 != null) {
      ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
      pipeline.addAfter(pipeline.context(http2).name(), null, new StreamWritability(http2));
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Http2Exception {
    if (context.channel().isWritable()) {
      Http2RemoteFlowController flow = http2.encoder().flowController();
      http2
          .connection()
          .forEachActiveStream(
              stream -> {
                flow.incrementWindowSize(stream, 0);
                return true;
              });
    }
    context.fireChannelWritabilityChanged();
  }
}
