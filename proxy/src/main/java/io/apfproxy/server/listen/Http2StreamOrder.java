package io.apfproxy.server.listen;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Ends an HTTP/2 connection whose client opens a stream it has already used, or one with a number
 * below its last, or that tells its settings again and again. Source: RFC 9113 5.1, 5.1.1, 10.5.
 */
final class Http2StreamOrder extends ChannelInboundHandlerAdapter {
  /*
   * Netty resets such a stream and goes on; the standard wants the connection to end, since the two
   * sides no longer agree on what is open. Netty's decoder tells nobody of it, so the frames' heads
   * are read here, between TLS and the codec: nine bytes each, the rest is skipped and all is passed
   * on as it came.
   *
   * A stream counts as open until the client ended or reset it, so what it sends before it knows of
   * a reset of ours is never held against it.
   *
   * Settings change the windows of all open streams, which the codec visits one by one, whether
   * anything changes or not. Clients tell theirs once; those that learn what their path can carry
   * do so some more times.
   */
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final int HEAD = 9;
  private static final int HEADERS = 1;
  private static final int DATA = 0;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int ACKNOWLEDGED = 1;

  /** So much more often than it opens streams a client may tell its settings. */
  private static final int MOST_SETTINGS = 100;

  private static final int END_STREAM = 1;

  /** Beyond it, streams that the codec has closed are forgotten. */
  private static final int MOST_OPEN = 1_000;

  private final IntObjectMap<Boolean> open = new IntObjectHashMap<>();
  private final byte[] head = new byte[HEAD];
  private int read;
  private int prefaceRead;
  private int skip;
  private int last;
  private int settings;
  private boolean leftOut;

  Http2StreamOrder() {}

  /**
   * Stands at the head of a new connection until its first byte comes; by then the pipeline has its
   * TLS handler, behind which the order is watched.
   */
  static final class Start extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ChannelHandlerContext tls = context.pipeline().context(SslHandler.class);
      if (tls != null) {
        context.pipeline().addAfter(tls.name(), null, new Http2StreamOrder());
      }
      context.pipeline().remove(this);
      context.fireChannelRead(message);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      Http2Error fault = scan(context, bytes);
      if (fault != null) {
        ReferenceCountUtil.release(message);
        end(context, fault);
        return;
      }
    }
    context.fireChannelRead(message);
    if (open.size() > MOST_OPEN) {
      forget(context);
    }
  }

  /** Null if all is well so far. */
  private @Nullable Http2Error scan(ChannelHandlerContext context, ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (prefaceRead < PREFACE.length && at < end) {
      if (bytes.getByte(at) != PREFACE[prefaceRead]) {
        context.pipeline().remove(this); // HTTP/1, or what the codec will refuse
        return null;
      }
      at++;
      prefaceRead++;
    }
    while (at < end) {
      if (skip > 0) {
        int skipped = Math.min(skip, end - at);
        skip -= skipped;
        at += skipped;
        continue;
      }
      head[read++] = bytes.getByte(at++);
      if (read == HEAD) {
        read = 0;
        skip = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        int stream =
            (head[5] & 0x7f) << 24
                | (head[6] & 0xff) << 16
                | (head[7] & 0xff) << 8
                | (head[8] & 0xff);
        Http2Error fault = frame(head[3], head[4], stream);
        if (fault != null) {
          return fault;
        }
      }
    }
    return null;
  }

  private @Nullable Http2Error frame(int type, int flags, int stream) {
    switch (type) {
      case HEADERS -> {
        if (stream > last) {
          leftOut |= stream > last + 2;
          last = stream;
          settings = Math.max(0, settings - 1);
          open.put(stream, Boolean.TRUE);
        } else if (!open.containsKey(stream)) {
          return leftOut ? Http2Error.PROTOCOL_ERROR : Http2Error.STREAM_CLOSED;
        }
        closeIfEnded(flags, stream);
      }
      case DATA -> closeIfEnded(flags, stream);
      case RST_STREAM -> open.remove(stream);
      case SETTINGS -> {
        settings += (flags & ACKNOWLEDGED) == 0 ? 1 : 0;
        if (settings > MOST_SETTINGS) {
          return Http2Error.ENHANCE_YOUR_CALM;
        }
      }
      default -> {
        // says nothing about what is open
      }
    }
    return null;
  }

  private void closeIfEnded(int flags, int stream) {
    if ((flags & END_STREAM) != 0) {
      open.remove(stream);
    }
  }

  private void forget(ChannelHandlerContext context) {
    Http2ConnectionHandler codec = context.pipeline().get(Http2ConnectionHandler.class);
    if (codec != null) {
      open.keySet().removeIf(stream -> codec.connection().stream(stream) == null);
    }
  }

  private static void end(ChannelHandlerContext context, Http2Error fault) {
    ChannelHandlerContext codec = context.pipeline().context(Http2ConnectionHandler.class);
    if (codec == null) {
      var unused = context.close();
      return;
    }
    ((Http2ConnectionHandler) codec.handler())
        .onError(
            codec,
            false,
            Http2Exception.connectionError(
                fault,
                fault == Http2Error.ENHANCE_YOUR_CALM
                    ? "settings are told again and again"
                    : "a stream was opened that cannot be"));
    codec.flush();
  }
}
