package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.request.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.MathUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a client has sent of a head that is not complete, gives it its time, and refuses it
 * once it can be no good one any more. Stands between TLS and the codec of one connection, and
 * belongs to its event loop. Source: specification security.md 3.1 step 1, S30, S31.
 */
public final class HeadMeter extends ChannelInboundHandlerAdapter {
  /*
   * HTTP/2 shows in its frames what is a header block. HTTP/1.1 would have to be parsed; but what the
   * codec does not keep comes out of it within the same call. Each head that comes out moves a mark in
   * the buffer behind its empty line, each piece of a body by its length: what is behind the mark is of
   * a head that is not complete, or of trailers. The lines between chunks move nothing, so a few bytes
   * too many may count, and nothing is refused for what stands there.
   *
   * A body may pause for as long as its request lasts, also between two chunks: in it the clock runs
   * only if more has come than stands there, which then is trailers.
   *
   * The codec makes objects of each field, and for each line that goes on with another it copies all
   * that it has of the value. So it gets no more lines than a good head has, and none behind one that
   * went on: it is made to give out what it has, and that is refused.
   *
   * It copies each line to one array, which grows to the longest and stays until the connection ends.
   * Beyond what heads need as a rule that counts as long.
   */
  static final long SECONDS = 32;

  /** What a field takes besides its text, as objects; measured. */
  static final int LINE_BYTES = 144;

  /** With more fields than that a head is refused anyway. */
  static final int MOST_LINES = 1010;

  /** Up to so long a line leaves nothing behind that is worth counting. */
  private static final int LONG_LINE = 8 << 10;

  /** More than what stands between two chunks. */
  private static final int QUIET_BYTES = 8 * LINE_BYTES;

  private final PartialHeads all;
  private final ClientAddress address;
  private final String client;
  private @Nullable HeaderFrames frames;
  private boolean watched;
  private boolean started;
  private @Nullable ByteBuf reading;
  private int mark;
  private int end;
  private boolean exact;
  private boolean cameOut;
  private boolean inBody;
  private boolean chunked;
  private boolean raw;
  private int lines;
  private boolean lineEnded;
  private boolean folded;
  private boolean emptyLine;
  private int lineLength;
  private int longestLine;
  private boolean over;
  private @Nullable RefusedException refusal;
  private long partial;
  private long held;
  private long quiet;
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
    } else if (over) {
      bytes.release(); // what follows a head that was refused is none
    } else if (watched) {
      follow(context, bytes);
    } else {
      context.fireChannelRead(
          bytes); // nobody tells what came out: a listener with rules of its own
    }
    if (held > 0 && !over && !all.allows(address)) {
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
    exact = true;
    cameOut = false;
    try {
      context.fireChannelRead(bytes);
      if (raw) {
        release();
      } else if (!over) {
        count(context, bytes);
      }
    } finally {
      reading = null;
      bytes.release();
    }
    if (!over && (folded || lines > MOST_LINES)) {
      cutShort(context);
    }
  }

  private void count(ChannelHandlerContext context, ByteBuf bytes) {
    if (cameOut) {
      cancelDeadline();
      partial = 0;
    }
    if (!exact && !inBody && endsEmpty(bytes)) {
      mark = end; // behind a body in chunks
    }
    long cost = (long) end - mark + LINE_BYTES * (long) linesTo(bytes, end);
    quiet = cameOut ? 0 : quiet + cost;
    partial += cost;
    hold(context, partial + left());
    if (!cameOut && partial > 0 && (!inBody || quiet > QUIET_BYTES)) {
      startDeadline(context);
    }
  }

  /** What the codec keeps of lines that it has given out. */
  private long left() {
    return longestLine <= LONG_LINE ? 0 : MathUtil.findNextPositivePowerOfTwo(longestLine);
  }

  private boolean endsEmpty(ByteBuf bytes) {
    int at = end - 1;
    if (at < mark || bytes.getByte(at--) != '\n') {
      return false;
    }
    at -= at >= mark && bytes.getByte(at) == '\r' ? 1 : 0;
    return at < mark || bytes.getByte(at) == '\n';
  }

  /** How many lines end from the mark to there; they are of one head if that is known. */
  private int linesTo(ByteBuf bytes, int to) {
    int found = 0;
    for (int at = mark; at < to; ) {
      byte first = bytes.getByte(at);
      folded |= exact && lines > 0 && lineEnded && (first == ' ' || first == '\t');
      int line = bytes.indexOf(at, to, (byte) '\n');
      lineEnded = line >= 0;
      lineLength += (lineEnded ? line + 1 : to) - at;
      emptyLine = lineEnded || (emptyLine && to == at + 1 && first == '\r');
      if (lineEnded) {
        longestLine = Math.max(longestLine, lineLength);
        lineLength = 0;
        found++;
        lines += exact ? 1 : 0;
      }
      at = lineEnded ? line + 1 : to;
    }
    return found;
  }

  private void cutShort(ChannelHandlerContext context) {
    RefusedException why = folded ? folded() : tooMany();
    over = true;
    cancelDeadline();
    cameOut = false;
    if (!inBody) {
      refusal = why;
      context.fireChannelRead(Unpooled.copiedBuffer("\r\n\r\n", StandardCharsets.US_ASCII));
    }
    if (!cameOut) {
      close(context); // a body that has no end, or lines that are not even the beginning of a head
    }
  }

  private static RefusedException folded() {
    return RefusedException.badRequest(
        "folded-header", "a header line must not go on in the next line");
  }

  private static RefusedException tooMany() {
    return new RefusedException(431, "BadRequest", "too-many-headers", "at most 1000 header lines");
  }

  /** The codec has given something on. */
  private void cameOut(Object message) {
    cameOut = true;
    raw |= message instanceof ByteBuf; // there is no codec any more
    if (message instanceof HttpRequest request) {
      headCameOut(request);
    }
    if (message instanceof HttpContent content) {
      mark = Math.min(end, mark + content.content().readableBytes());
      exact &= !chunked;
      inBody = !(message instanceof LastHttpContent);
    }
    lines = 0;
  }

  private void headCameOut(HttpRequest request) {
    ByteBuf bytes = reading;
    if (bytes != null) {
      passHead(bytes);
    }
    RefusedException why = refusal != null ? refusal : folded ? folded() : null;
    if (why != null && request.decoderResult().isSuccess()) {
      request.setDecoderResult(DecoderResult.failure(why));
    }
    over |= request.decoderResult().isFailure();
    inBody = true;
    chunked = HttpUtil.isTransferEncodingChunked(request);
  }

  /** Moves the mark behind the empty line of the head that came out. */
  private void passHead(ByteBuf bytes) {
    boolean lineBefore = lines > 0;
    while (mark < end) {
      int line = bytes.indexOf(mark, end, (byte) '\n');
      boolean rest = line == mark || (line == mark + 1 && bytes.getByte(mark) == '\r');
      boolean last = lineBefore && emptyLine && rest;
      int next = line < 0 ? end : line + 1;
      linesTo(bytes, next);
      mark = next;
      if (last) {
        return;
      }
      lineBefore = true;
    }
  }

  private void hold(ChannelHandlerContext context, long now) {
    if (context.channel().isActive()) {
      all.add(address, now - held);
      held = now;
    }
  }

  private void startDeadline(ChannelHandlerContext context) {
    if (deadline == null) {
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
    cancelDeadline();
    if (held > 0) {
      all.add(address, -held);
      held = 0;
    }
  }

  private void cancelDeadline() {
    Future<?> running = deadline;
    if (running != null) {
      running.cancel(false);
      deadline = null;
    }
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
