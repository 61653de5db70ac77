package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.NettyHttp2;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;

/**
 * The stream at the upstream that one request was sent on. Belongs to the request's event loop.
 *
 * <pre>
 *  WANTED --- reset() ---> UNWANTED --- the connection bears it ---> RESET
 *     |                       |                                        |
 *     | its end               | its end, or RESET_GRACE if it was half | RESET_GRACE
 *     +-----------------------+--------------------+-------------------+
 *                                                  v
 *                                                GONE
 * </pre>
 */
final class UpstreamStream {
  /*
   * Nobody acknowledges a reset, so the upstream is taken to have noticed it after RESET_GRACE. The
   * reset itself may have to wait (StreamResets); until then what still comes is dropped. An upstream
   * that has not got the whole request works on nothing, so then nobody waits for more than the grace.
   * One whose response was not read for seconds has nothing left to do but to send it, and notices
   * when it is told that nobody takes it.
   */
  private static final long RESET_GRACE_MILLIS = 1_000;

  private static final long RESET_GRACE_MILLIS_OF_STALLED = 100;

  private enum Stage {
    WANTED,
    UNWANTED,
    RESET,
    GONE
  }

  private final Vertx vertx;
  private final Member member;
  private final Reporter events;
  private final HttpClientRequest request;
  private Stage stage = Stage.WANTED;
  private Runnable withdrawReset = () -> {};
  private long graceMillis = RESET_GRACE_MILLIS;
  private long graceTimer = -1;
  private boolean answered;

  UpstreamStream(Vertx vertx, Member member, Reporter events, HttpClientRequest request) {
    this.vertx = vertx;
    this.member = member;
    this.events = events;
    this.request = request;
  }

  /** The upstream is about to work on it. Call first, and once. */
  void begin() {
    events.held(Held.UPSTREAM_STREAM, 1);
  }

  HttpClientRequest request() {
    return request;
  }

  /**
   * Whether the upstream, which broke the stream, says that it never looked at the request, or
   * never heard of it: its connection went away, or takes fewer, since the stream was given.
   */
  boolean neverProcessed(Throwable cause) {
    if (isUnknown()) {
      return true;
    }
    if (cause instanceof StreamResetException reset) {
      return reset.getCode() == ErrorCodes.REFUSED_STREAM;
    }
    return cause instanceof HttpClosedException && member.wentAwayBefore(request);
  }

  /**
   * Whether the upstream, which broke the stream, had sent all of its response: it did not want the
   * rest of the request. To be asked whenever it breaks, the first time while that is being told.
   * Source: RFC 9113 8.1.
   */
  boolean wasAnswered() {
    answered |= NettyHttp2.hasComeWhole(request.connection(), request.streamId());
    return answered;
  }

  /** The upstream was made to wait with its response, for seconds. Call before the reset. */
  void hasStalled() {
    graceMillis = RESET_GRACE_MILLIS_OF_STALLED;
  }

  /**
   * Nobody waits for it any more. Harmless when repeated.
   *
   * @param begun whether the upstream may have begun to work on it
   * @param stopped called when the upstream has noticed, as far as can be known, if the stream does
   *     not end before
   */
  void reset(boolean begun, Runnable stopped) {
    if (stage != Stage.WANTED) {
      return;
    }
    if (isUnknown()) { // and so the upstream has nothing to stop: no reset is spent on it
      request.reset(ErrorCodes.CANCEL);
      stopped.run();
      return;
    }
    stage = Stage.UNWANTED;
    events.held(Held.UNWANTED_STREAM, 1);
    withdrawReset = member.reset(request, () -> resetNow(stopped));
    if (!begun) {
      stopAfterGrace(stopped);
    }
  }

  /** Whether not even its head was sent: a stream of HTTP/2 has no number before. */
  private boolean isUnknown() {
    return isHttp2() && request.streamId() < 0;
  }

  private boolean isHttp2() {
    return request.connection().protocolVersion() == HttpVersion.HTTP_2;
  }

  private void resetNow(Runnable stopped) {
    if (stage == Stage.UNWANTED) {
      events.held(Held.UNWANTED_STREAM, -1);
      stage = Stage.RESET;
      stopAfterGrace(stopped);
    }
    request.reset(ErrorCodes.CANCEL);
  }

  private void stopAfterGrace(Runnable stopped) {
    if (graceTimer < 0) {
      graceTimer = vertx.setTimer(graceMillis, late -> stopped.run());
    }
  }

  /**
   * It broke, after the client had got what it gets.
   *
   * @return whether that is its end; after a reset nothing tells when the upstream noticed that
   */
  boolean broke() {
    withdrawReset.run();
    return stage == Stage.UNWANTED;
  }

  /**
   * The response has ended, and the request was not sent to its end: closes our half of the stream.
   */
  void closeUnsent() {
    if (answered) {
      return; // it broke, and is closed
    }
    if (isHttp2()) {
      withdrawReset = member.reset(request, () -> request.reset(ErrorCodes.CANCEL));
    } else {
      request.connection().close();
    }
  }

  /**
   * The upstream works on it no longer. Call once.
   *
   * @param sent whether the request was sent to its end; else a reset that waits still has to close
   *     our half of the stream
   */
  void gone(boolean sent) {
    if (sent) {
      withdrawReset.run();
    }
    if (stage == Stage.UNWANTED) {
      events.held(Held.UNWANTED_STREAM, -1);
    }
    stage = Stage.GONE;
    if (graceTimer >= 0) {
      vertx.cancelTimer(graceTimer);
    }
    events.held(Held.UPSTREAM_STREAM, -1);
  }
}
