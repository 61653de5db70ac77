package io.apfproxy.server.listen;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.jspecify.annotations.Nullable;

/**
 * Reports what is read, whose step is next, and the end of a client's handshake, closes it when its
 * client does not get on with it, and lets its heads be counted behind it; a listener without TLS
 * has none of these. Belongs to one connection's event loop.
 */
final class HandshakeWatch extends ChannelDuplexHandler {
  /*
   * Only the client's own time counts, or somebody would be closed because this process is slow:
   * each second that ends with its step outstanding. So a process that stood still, or an event loop
   * that had much to do, counts one second at most, and what has come but is not read yet is ours.
   */
  private final OpenConnection connection;
  private final HeadMeter meter;
  private final Told told;
  private @Nullable SslHandler tls;
  private @Nullable Future<?> looks;
  private long seconds;

  /** Who wants to know; on the event loop of the client. */
  interface Told {
    /** Somebody else may begin. */
    void roomMade();

    /** It is closed, as its client has not got on with its handshake. */
    void tookTooLong();
  }

  HandshakeWatch(OpenConnection connection, HeadMeter meter, Told told) {
    this.connection = connection;
    this.meter = meter;
    this.told = told;
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
                  told.roomMade();
                } // else it is closed, which makes room too
              });
      looks =
          context
              .executor()
              .scheduleWithFixedDelay(() -> look(context, found), 1, 1, TimeUnit.SECONDS);
      context.fireChannelActive();
    }
  }

  private void look(ChannelHandlerContext context, SslHandler handshake) {
    if (isOurs(handshake.engine().getHandshakeStatus())) {
      return;
    }
    seconds++;
    if (seconds >= connection.handshakeSeconds() && !connection.hasUnread()) {
      told.tookTooLong();
      var unused = context.close();
    }
  }

  /** Whether the next step is; the engine of a server knows of no other before the first byte. */
  private static boolean isOurs(HandshakeStatus next) {
    return next == HandshakeStatus.NEED_WRAP || next == HandshakeStatus.NEED_TASK;
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (looks != null) {
      looks.cancel(false); // it would keep all that belongs to the connection
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
      told.roomMade();
    }
  }
}
