package io.apfproxy.server.listen;

import io.apfproxy.request.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Follows one HTTP/1.1 connection as its bytes go into the codec and come out of it, and knows how
 * much has come of a head, or of trailers, that is not complete. Belongs to its event loop.
 */
final class Http1Heads {
  /*
   * HTTP/1.1 would have to be parsed; but what the codec does not keep comes out of it within the same
   * call. Each head that comes out moves a mark in the buffer behind its empty line, each piece of a
   * body by its length: what is behind the mark is of a head that is not complete, or of trailers. The
   * lines between chunks move nothing, so a few bytes too many may count, and nothing is refused for
   * what stands there.
   *
   * A body may pause for as long as its request lasts, also between two chunks: in it the clock runs
   * only if more has come than stands there, which then is trailers.
   */

  /** More than what stands between two chunks. */
  private static final int QUIET_BYTES = 8 * HeadLines.LINE_BYTES;

  private enum Body {
    NONE,
    OF_LENGTH,
    IN_CHUNKS
  }

  private final HeadLines lines = new HeadLines();
  private @Nullable ByteBuf reading;
  private int mark;
  private int end;
  private boolean exact;
  private boolean cameOut;
  private Body body = Body.NONE;
  private long partial;
  private long quiet;
  private @Nullable RefusedException refusal;

  /** These bytes go into the codec. */
  void goIn(ByteBuf bytes) {
    reading = bytes;
    mark = bytes.readerIndex();
    end = bytes.writerIndex();
    exact = true;
    cameOut = false;
  }

  /**
   * The codec has given something on.
   *
   * @return whether it cannot be read: no head follows it
   */
  boolean comeOut(Object message) {
    cameOut = true;
    boolean unreadable =
        message instanceof HttpRequest request ? headCameOut(request) : UnreadableBody.is(message);
    if (message instanceof HttpContent content) {
      mark = Math.min(end, mark + content.content().readableBytes());
      exact &= body != Body.IN_CHUNKS;
      body = message instanceof LastHttpContent ? Body.NONE : body;
    }
    lines.startOver();
    return unreadable;
  }

  private boolean headCameOut(HttpRequest request) {
    ByteBuf bytes = reading;
    if (bytes != null) {
      mark = lines.readHead(bytes, mark, end, exact);
    }
    RefusedException why = refusal != null ? refusal : lines.fold();
    if (why != null && request.decoderResult().isSuccess()) {
      request.setDecoderResult(DecoderResult.failure(why));
    }
    body = HttpUtil.isTransferEncodingChunked(request) ? Body.IN_CHUNKS : Body.OF_LENGTH;
    return request.decoderResult().isFailure();
  }

  /** All that the codec makes of these bytes has come out of it. */
  void count(ByteBuf bytes) {
    if (!exact && body == Body.NONE && endsEmpty(bytes)) {
      mark = end; // behind a body in chunks
    }
    long cost =
        (long) end - mark + HeadLines.LINE_BYTES * (long) lines.read(bytes, mark, end, exact);
    partial = cameOut ? cost : partial + cost;
    quiet = cameOut ? 0 : quiet + cost;
  }

  private boolean endsEmpty(ByteBuf bytes) {
    int at = end - 1;
    if (at < mark || bytes.getByte(at--) != '\n') {
      return false;
    }
    at -= at >= mark && bytes.getByte(at) == '\r' ? 1 : 0;
    return at < mark || bytes.getByte(at) == '\n';
  }

  /** The bytes are not looked at any more. */
  void wentIn() {
    reading = null;
  }

  /** Whether anything has come out since bytes went in last. */
  boolean hasComeOut() {
    return cameOut;
  }

  /** What counts of this connection, in bytes. */
  long held() {
    return partial + lines.left();
  }

  /** Whether a head, or trailers, did not get on with the bytes that came last. */
  boolean isWaitedFor() {
    return !cameOut && partial > 0 && (body == Body.NONE || quiet > QUIET_BYTES);
  }

  /** Why the head that is not complete can be no good one any more; null if it can. */
  @Nullable RefusedException fault() {
    return lines.fault();
  }

  /**
   * From now on the head that comes out is refused.
   *
   * @return false if it is none, but of a body
   */
  boolean refuse(RefusedException why) {
    cameOut = false;
    if (body != Body.NONE) {
      return false;
    }
    refusal = why;
    return true;
  }
}
