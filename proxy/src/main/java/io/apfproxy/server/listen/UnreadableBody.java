package io.apfproxy.server.listen;

import io.apfproxy.request.RefusedException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the codec of one HTTP/1.1 connection cannot read the body of a request. Belongs to its
 * event loop. Source: specification security.md S26.
 */
public final class UnreadableBody extends ChannelInboundHandlerAdapter {
  /*
   * The codec gives a last piece with the failure, and nothing of what follows. Vert.x comes to that
   * piece in its turn, behind what was sent before and behind the answers to it, so the request is the
   * one that it handed on last. It throws the failure into the pipeline, and would close the
   * connection without an answer: that is taken from it here.
   */
  private final Runnable found;
  private @Nullable Throwable failure;

  private UnreadableBody(Runnable found) {
    this.found = found;
  }

  /**
   * Call before the first request is read; nothing to do for HTTP/2.
   *
   * @param found called once at most; the connection stays open
   */
  static void watch(HttpConnection connection, Runnable found) {
    if (connection.protocolVersion() != HttpVersion.HTTP_2
        && connection instanceof ConnectionBase base) {
      ChannelHandlerContext last = base.channelHandlerContext();
      last.pipeline().addBefore(last.name(), null, new UnreadableBody(found));
    }
  }

  /** What the client is told. */
  public static RefusedException refusal() {
    return RefusedException.badRequest("body-syntax", "the request body is not well-formed");
  }

  /** Whether the codec could not read what this would be. */
  static boolean is(Object message) {
    return message instanceof HttpContent piece
        && !(message instanceof HttpRequest)
        && piece.decoderResult().isFailure();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (is(message)) {
      failure = ((HttpContent) message).decoderResult().cause();
    }
    context.fireChannelRead(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause == failure) {
      failure = null;
      found.run();
    } else {
      context.fireExceptionCaught(cause);
    }
  }
}
