package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a client has sent of a head that is not complete, gives it its time, and refuses it
 * once it can be no good one any more. Stands between TLS and the codec of one connection, and
 * belongs to its event loop. Source: specification security.md 3.1 step 1, S30, S31.
 */
public final class HeadMeter extends ChannelInboundHandlerAdapter {
  /** What it does with the bytes that come next. */
  private enum Stage {
    /** The protocol is not known yet. */
    NOTHING_CAME,
    /** HTTP/2 shows in its frames what is a header block. */
    FRAMES,
    /** What comes out of the codec shows what is a head of HTTP/1.1. */
    LINES,
    /** What follows a head that was refused, or a body that cannot be read, is none: drops it. */
    REFUSED,
    /** There is no codec any more, but a tunnel: lets all pass. */
    TUNNEL
  }

  private static final String END_OF_HEAD = "\r\n\r\n";

  private final PartialHead head;
  private final HeaderFrames frames = new HeaderFrames();
  private @Nullable Http1Heads heads; // none where nobody tells what comes out of the codec
  private Stage stage = Stage.NOTHING_CAME;

  HeadMeter(PartialHeads all, ClientAddress address, String client) {
    this.head = new PartialHead(all, address, client);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (stage == Stage.TUNNEL || !(message instanceof ByteBuf bytes)) {
      context.fireChannelRead(message);
      return;
    }
    if (stage == Stage.NOTHING_CAME) {
      stage = isHttp2(context) ? Stage.FRAMES : Stage.LINES;
    }
    if (stage == Stage.FRAMES) {
      followFrames(context, bytes);
      head.check(context);
    } else if (stage == Stage.LINES) {
      followLines(context, bytes);
    } else {
      bytes.release();
    }
  }

  private static boolean isHttp2(ChannelHandlerContext context) {
    SslHandler tls = context.pipeline().get(SslHandler.class);
    return tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol());
  }

  private void followFrames(ChannelHandlerContext context, ByteBuf bytes) {
    long held = frames.follow(bytes);
    if (held == 0) {
      head.release();
    } else {
      head.hold(context, held);
      head.startDeadline(context);
    }
    context.fireChannelRead(bytes);
  }

  private void followLines(ChannelHandlerContext context, ByteBuf bytes) {
    Http1Heads own = heads;
    if (own == null) {
      context.fireChannelRead(bytes); // a listener with rules of its own
      return;
    }
    own.goIn(bytes.retain());
    try {
      context.fireChannelRead(bytes);
      if (stage == Stage.LINES) {
        count(context, own, bytes);
      } else if (stage == Stage.TUNNEL) {
        head.release();
      }
    } finally {
      own.wentIn();
      bytes.release();
    }
    RefusedException fault = stage == Stage.LINES ? own.fault() : null;
    if (fault != null) {
      cutShort(context, own, fault);
    } else if (stage == Stage.LINES) {
      head.check(context);
    }
  }

  private void count(ChannelHandlerContext context, Http1Heads own, ByteBuf bytes) {
    own.count(bytes);
    if (own.hasComeOut()) {
      head.cancelDeadline();
    }
    head.hold(context, own.held());
    if (own.isWaitedFor()) {
      head.startDeadline(context);
    }
  }

  /** Makes the codec give out what it has, which is refused then. */
  private void cutShort(ChannelHandlerContext context, Http1Heads own, RefusedException why) {
    stage = Stage.REFUSED;
    head.cancelDeadline();
    if (own.refuse(why)) {
      context.fireChannelRead(Unpooled.copiedBuffer(END_OF_HEAD, StandardCharsets.US_ASCII));
    }
    if (!own.hasComeOut()) {
      var unused = context.close(); // trailers without end, or lines that begin no head
    }
  }

  private void comeOut(Http1Heads own, Object message) {
    boolean unreadable = own.comeOut(message);
    if (message instanceof ByteBuf) {
      stage = Stage.TUNNEL;
    } else if (unreadable) {
      stage = Stage.REFUSED;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    head.release();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    head.release();
  }

  /** Lets the codec of a connection's HTTP/1.1 be watched from behind, if it has a meter. */
  public static void watch(HttpConnection connection) {
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
    private final Http1Heads heads = new Http1Heads();

    Outlet(HeadMeter meter) {
      this.meter = meter;
      meter.heads = heads;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      meter.comeOut(heads, message);
      context.fireChannelRead(message);
    }
  }
}
