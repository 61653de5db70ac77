package io.apfproxy.server.listen;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;

/**
 * Reports what is read and the end of a client's handshake, and lets its heads be counted behind
 * it; a listener without TLS has none of these. Belongs to one connection's event loop.
 */
final class HandshakeWatch extends ChannelInboundHandlerAdapter {
  private final OpenConnection connection;
  private final HeadMeter meter;
  private final Runnable roomMade;

  HandshakeWatch(OpenConnection connection, HeadMeter meter, Runnable roomMade) {
    this.connection = connection;
    this.meter = meter;
    this.roomMade = roomMade;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    if (tls == null) {
      connection.handshaken();
      context.fireChannelActive();
      context.pipeline().remove(this);
    } else {
      context.pipeline().addAfter(context.pipeline().context(tls).name(), null, meter);
      tls.handshakeFuture()
          .addListener(
              ended -> {
                if (!context.isRemoved()) {
                  context.pipeline().remove(this);
                }
                if (ended.isSuccess()) {
                  connection.handshaken();
                  roomMade.run();
                } // else it is closed, which makes room too
              });
      context.fireChannelActive();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    connection.hears();
    context.fireChannelRead(bytes);
  }
}
