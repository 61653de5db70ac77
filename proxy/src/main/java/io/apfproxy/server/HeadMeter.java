package io.apfproxy.server;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.ClientAddress;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * Counts what a client has sent of a head that is not complete, and gives it its time. Stands
 * between TLS and the codec of one connection, and belongs to its event loop. Source: specification
 * security.md S30, S31.
 */
final class HeadMeter extends ChannelInboundHandlerAdapter {
  /*
   * HTTP/2 shows in its frames what is a header block. HTTP/1.1 would have to be parsed; but what the
   * codec does not keep comes out of it within the same call. Each head that comes out moves a mark in
   * the buffer behind its empty line, each piece of a body by its length: what is behind the mark, if
   * no body is going on, is of a head that is not complete. The lines between chunks move nothing, so a few
   * bytes too many may count, and only a read of which nothing came out starts the clock.
   */
  static final long SECONDS = 32;

  /** The codec makes an object of each line: of short ones the text is the least. */
  private static final int LINE_BYTES = 96;

  private final PartialHeads all;
  private final ClientAddress address;
  private final String client;
  private @Nullable HeaderFrames frames;
  private boolean watched;
  private boolean started;
  private @Nullable ByteBuf reading;
  private int mark;
  private int end;
  private boolean cameOut;
  private boolean inBody;
  private boolean afterLine;
  private boolean raw;
  private long held;
  private @Nullable Future<?> deadline;

  HeadMeter(PartialHeads all, ClientAddress address, String client) {
    this.all = all;
    this.address = address;
    this.client = client;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (raw || !(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    if (!started) {
      started = true;
      SslHandler tls = context.pipeline().get(SslHandler.class);
      boolean http2 =
          tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
      frames = http2 ? new HeaderFrames() : null;
    }
    HeaderFrames http2 = frames;
    if (http2 != null) {
      followFrames(context, http2.follow(bytes));
      context.fireChannelRead(bytes);
    } else if (watched) {
      follow(context, bytes);
    } else {
      context.fireChannelRead(
          bytes); // nobody tells what came out: a listener with rules of its own
    }
    if (held > 0 && !all.allows(address)) {
      all.overflowed(client);
      close(context);
    }
  }

  private void followFrames(ChannelHandlerContext context, long now) {
    if (now == 0) {
      release();
    } else {
      hold(context, now);
      startDeadline(context);
    }
  }

  private void follow(ChannelHandlerContext context, ByteBuf bytes) {
    reading = bytes.retain();
    mark = bytes.readerIndex();
    end = bytes.writerIndex();
    cameOut = false;
    try {
      int start = mark;
      context.fireChannelRead(bytes);
      if (raw) {
        release();
      } else if (cameOut) {
        release();
        hold(context, inBody ? 0 : cost(bytes, mark, end));
      } else {
        hold(context, held + cost(bytes, start, end));
        startDeadline(context);
      }
      afterLine = end > start && endsLine(bytes, end);
    } finally {
      reading = null;
      bytes.release();
    }
  }

  private static long cost(ByteBuf bytes, int from, int to) {
    long cost = (long) to - from;
    for (int at = bytes.indexOf(from, to, (byte) '\n'); at >= 0; ) {
      cost += LINE_BYTES;
      at = at + 1 < to ? bytes.indexOf(at + 1, to, (byte) '\n') : -1;
    }
    return cost;
  }

  private static boolean endsLine(ByteBuf bytes, int end) {
    byte last = bytes.getByte(end - 1);
    return last == '\n' || (last == '\r' && end > 1 && bytes.getByte(end - 2) == '\n');
  }

  /** The codec has given something on. */
  private void cameOut(Object message) {
    ByteBuf bytes = reading;
    cameOut = true;
    raw |= message instanceof ByteBuf; // there is no codec any more
    if (message instanceof HttpRequest && bytes != null) {
      inBody = true;
      mark = afterEmptyLine(bytes);
    }
    if (message instanceof HttpContent content) {
      mark = Math.min(end, mark + content.content().readableBytes());
      inBody = !(message instanceof LastHttpContent);
    }
  }

  private int afterEmptyLine(ByteBuf bytes) {
    boolean lineBefore = afterLine;
    for (int at = mark; at < end; ) {
      int line = bytes.indexOf(at, end, (byte) '\n');
      if (line < 0) {
        return end;
      }
      boolean empty = line == at || (line == at + 1 && bytes.getByte(at) == '\r');
      if (empty && (lineBefore || at > mark)) {
        return line + 1;
      }
      lineBefore = true;
      at = line + 1;
    }
    return end;
  }

  private void hold(ChannelHandlerContext context, long now) {
    if (context.channel().isActive()) {
      all.add(address, now - held);
      held = now;
    }
  }

  private void startDeadline(ChannelHandlerContext context) {
    if (held > 0 && deadline == null) {
      deadline = context.executor().schedule(() -> late(context), SECONDS, TimeUnit.SECONDS);
    }
  }

  private void late(ChannelHandlerContext context) {
    all.late(SECONDS, client);
    close(context);
  }

  private static void close(ChannelHandlerContext context) {
    var unused = context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    release();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    release();
  }

  private void release() {
    Future<?> running = deadline;
    if (running != null) {
      running.cancel(false);
      deadline = null;
    }
    if (held > 0) {
      all.add(address, -held);
      held = 0;
    }
  }

  /** Lets the codec of a connection's HTTP/1.1 be watched from behind, if it has a meter. */
  static void watch(HttpConnection connection) {
    if (connection instanceof ConnectionBase base
        && connection.protocolVersion() != HttpVersion.HTTP_2) {
      ChannelPipeline pipeline = base.channel().pipeline();
      HeadMeter meter = pipeline.get(HeadMeter.class);
      if (meter != null) {
        pipeline.addBefore(base.channelHandlerContext().name(), null, new Outlet(meter));
      }
    }
  }

  /** Stands behind the codec of HTTP/1.1. */
  static final class Outlet extends ChannelInboundHandlerAdapter {
    private final HeadMeter meter;

    Outlet(HeadMeter meter) {
      this.meter = meter;
      meter.watched = true;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      meter.cameOut(message);
      context.fireChannelRead(message);
    }
  }
}
