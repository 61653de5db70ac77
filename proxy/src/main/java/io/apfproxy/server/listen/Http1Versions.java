package io.apfproxy.server.listen;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Reads the version of an HTTP/1 request as kube-apiserver does: any HTTP/1.x above 1.1 is served
 * as 1.1, other major versions are refused by the listener's own rules.
 */
@Sharable
public final class Http1Versions extends ChannelInboundHandlerAdapter {
  /*
   * Vert.x answers a version that it does not know with a bare 501 of its own, before any handler of
   * ours is asked, so that nobody would log or count it. A message that could not be decoded does
   * reach us, so it is made one.
   */
  private static final Http1Versions INSTANCE = new Http1Versions();

  private Http1Versions() {}

  /** The version is none of HTTP/1. */
  public static final class UnknownVersionException extends Exception {
    private static final long serialVersionUID = 1L;

    UnknownVersionException(HttpVersion found) {
      super(
          "HTTP version must be 1.0, 1.1 or, with ALPN, 2; found " + found.text(),
          null,
          false,
          false);
    }
  }

  /** Call before the first request is read; nothing to do for HTTP/2. */
  public static void guard(HttpConnection connection) {
    if (connection.protocolVersion() != io.vertx.core.http.HttpVersion.HTTP_2
        && connection instanceof ConnectionBase base) {
      ChannelHandlerContext last = base.channelHandlerContext();
      last.pipeline().addBefore(last.name(), null, INSTANCE);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request && request.decoderResult().isSuccess()) {
      HttpVersion version = request.protocolVersion();
      if (version.majorVersion() != 1) {
        request.setProtocolVersion(HttpVersion.HTTP_1_1); // in which the refusal is written
        request.setDecoderResult(DecoderResult.failure(new UnknownVersionException(version)));
      } else if (version.minorVersion() > 1) {
        request.setProtocolVersion(HttpVersion.HTTP_1_1);
      }
    }
    context.fireChannelRead(message);
  }
}
