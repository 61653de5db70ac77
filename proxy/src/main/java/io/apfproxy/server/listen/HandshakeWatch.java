package io.apfproxy.server.listen;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reports what is read, whose step is next, and the end of a client's handshake, and lets its heads
 * be counted behind it; a listener without TLS has none of these. Belongs to one connection's event
 * loop.
 */
final class HandshakeWatch extends ChannelDuplexHandler {
  private final OpenConnection connection;
  private final HeadMeter meter;
  private final Runnable roomMade;
  private @Nullable SslHandler tls;

  HandshakeWatch(OpenConnection connection, HeadMeter meter, Runnable roomMade) {
    this.connection = connection;
    this.meter = meter;
    this.roomMade = roomMade;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    SslHandler found = context.pipeline().get(SslHandler.class);
    tls = found;
    if (found == null) {
      connection.handshaken();
      context.fireChannelActive();
      context.pipeline().remove(this);
    } else {
      context.pipeline().addAfter(context.pipeline().context(found).name(), null, meter);
      found
          .handshakeFuture()
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
    lookWhoseTurnItIs(); // what was read is worked off now, or elsewhere
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    context.flush();
    lookWhoseTurnItIs();
  }

  private void lookWhoseTurnItIs() {
    if (tls != null
        && tls.engine().getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP
        && connection.waitsForItsClient()) {
      roomMade.run();
    }
  }
}
