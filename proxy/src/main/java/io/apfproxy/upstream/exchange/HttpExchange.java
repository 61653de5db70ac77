package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.NettyHttp2;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Upstream;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import org.jspecify.annotations.Nullable;

/** One request and its response. Belongs to the event loop of the request. */
public final class HttpExchange implements Exchange {
  /*
   * Two things end apart: what the client sees (over) and what the upstream works on (ended). A
   * client that leaves is over at once, while its seats are held until the upstream has finished,
   * has reset the stream, or had RESET_GRACE after our own reset, which nobody acknowledges. That
   * reset may have to wait (StreamResets); until then what still comes is dropped.
   *
   * A request is sent again only if the upstream said that it never looked at it, and only if what
   * went out of its body is still here: whatever may have been executed is never repeated.
   */
  private static final long RESET_GRACE_MILLIS = 1_000;
  private static final int MOST_INTERIM = 16;
  private static final String UNREAD = "unread-bytes";

  private final Vertx vertx;
  private final Upstream upstream;
  private final Reporter events;
  private final HttpServerRequest client;
  private final HttpServerResponse response;
  private final Outgoing request;
  private final ExchangeListener listener;
  private final Upload upload;
  private final UnreadBytes unread;
  private @Nullable HttpClientRequest stream;
  private @Nullable Download download;
  private int interim;
  private boolean retried;
  private boolean answered;
  private boolean over;
  private boolean dropping;
  private boolean ended;
  private Runnable withdrawReset = () -> {};
  private long graceTimer = -1;

  public HttpExchange(
      Vertx vertx,
      Upstream upstream,
      Reporter events,
      HttpServerRequest client,
      Outgoing request,
      ExchangeListener listener,
      UnreadBytes unread) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.events = events;
    this.client = client;
    this.response = client.response();
    this.request = request;
    this.listener = listener;
    this.unread = unread;
    this.upload = new Upload(vertx, client, request, this::bodyTooSlow);
  }

  public void start() {
    upstream
        .open(request)
        .onComplete(
            this::opened,
            cause -> {
              fail(UpstreamFault.unreachable(cause));
              end(false);
            });
  }

  private void opened(HttpClientRequest opened) {
    if (over) {
      opened.exceptionHandler(late -> {});
      opened.reset(ErrorCodes.CANCEL);
      end(false);
      return;
    }
    stream = opened;
    events.held(Held.UPSTREAM_STREAM, 1);
    opened.exceptionHandler(cause -> broken(opened, cause));
    try {
      HeaderRules.writeRequest(request, opened.headers());
    } catch (RefusedException defect) {
      fail(defect);
      reset();
      return;
    }
    opened.earlyHintsHandler(this::hint);
    opened.response().onComplete(this::head, cause -> broken(opened, cause));
    upload.to(opened);
  }

  /** An interim response, which clients of HTTP/1.0 do not know. */
  private void hint(MultiMap hints) {
    if (over || answered || client.version() == HttpVersion.HTTP_1_0 || ++interim > MOST_INTERIM) {
      return;
    }
    MultiMap passed = HttpHeaders.headers();
    try {
      HeaderRules.copyResponse(hints, passed, true);
    } catch (RefusedException unfit) {
      return; // it may be left out
    }
    if (!response.closed()) {
      response.writeEarlyHints(passed);
    }
  }

  private void head(HttpClientResponse answer) {
    HttpClientRequest answeredBy = stream;
    answer.exceptionHandler(cause -> broken(answeredBy, cause));
    answer.endHandler(unread -> end(false));
    if (over) {
      return;
    }
    int code = answer.statusCode();
    boolean bodyless = request.method().equals("HEAD") || code == 204 || code == 304;
    long length;
    try {
      if (code < 200) {
        throw UpstreamFault.protocol("the upstream switched protocols unasked");
      }
      Redirects.check(code, answer.headers(), request, upstream.server());
      length = HeaderRules.copyResponse(answer.headers(), response.headers(), bodyless);
    } catch (RefusedException unfit) {
      response.headers().clear();
      fail(unfit);
      reset();
      return;
    }
    answered = true;
    response.setStatusCode(code);
    listener.responded(code, response.headers());
    Download body =
        new Download(
            vertx,
            response,
            answer,
            length,
            listener,
            events,
            () -> abort("slow-reader"),
            unread.response(request.clientAddress(), cutOff()));
    download = body;
    // HTTP/1.0 knows no chunks: the end of the connection is the end of the body
    boolean endless = client.version() == HttpVersion.HTTP_1_0 && length < 0;
    boolean close = endless || BodyDrain.closeAsked(client);
    if (close) {
      BodyDrain.announceClose(client);
    }
    body.start(() -> complete(answer, body, close), endless);
  }

  private void complete(HttpClientResponse answer, Download body, boolean close) {
    if (body.truncated()) {
      cut("upstream-truncated");
      end(false);
      return;
    }
    over = true;
    upload.stop();
    end(true);
    endUnsent();
    Future<Void> sent = body.finish(answer.trailers());
    if (!response.closed() && (close || !client.isEnded())) {
      sent.onSuccess(flushed -> BodyDrain.after(vertx, client, close));
    }
  }

  /** Ends the upstream's side of a request that was answered before it was sent. */
  private void endUnsent() {
    HttpClientRequest unfinished = stream;
    if (unfinished == null || upload.isSent()) {
      return;
    }
    if (unfinished.connection().protocolVersion() == HttpVersion.HTTP_2) {
      withdrawReset = upstream.reset(unfinished, () -> unfinished.reset(ErrorCodes.CANCEL));
    } else {
      unfinished.connection().close();
    }
  }

  /** The upstream's side broke: reset, closed, or not understood. */
  private void broken(@Nullable HttpClientRequest by, Throwable cause) {
    if (by == stream && over) {
      withdrawReset.run();
    }
    if (dropping && by == stream) {
      end(false);
    }
    if (by != stream || ended || over) {
      return; // after our own reset nothing tells when the upstream noticed it
    }
    if (answered) {
      cut("upstream-broken");
      if (by != null && !(cause instanceof StreamResetException)) {
        by.reset(ErrorCodes.CANCEL); // harmless if its connection is closed
      }
      end(false);
    } else if (!neverProcessed(cause)) {
      fail(UpstreamFault.broken(cause));
      end(false);
    } else if (retried || !upload.repeatable()) {
      fail(UpstreamFault.unreachable(cause));
      end(false);
    } else {
      retried = true;
      upload.pause();
      stream = null;
      events.held(Held.UPSTREAM_STREAM, -1);
      start();
    }
  }

  private boolean neverProcessed(Throwable cause) {
    if (cause instanceof StreamResetException reset) {
      return reset.getCode() == ErrorCodes.REFUSED_STREAM;
    }
    HttpClientRequest sent = stream;
    if (cause instanceof HttpClosedException && sent != null) {
      return upstream.wentAwayBefore(sent);
    }
    return false;
  }

  private void bodyTooSlow() {
    if (!over && !answered) {
      fail(
          new RefusedException(408, "Timeout", "slow-body", "the request body came too slowly")
              .closing());
      reset();
    } else {
      abort("slow-body");
    }
  }

  private void fail(RefusedException refusal) {
    if (over) {
      return;
    }
    over = true;
    answered = true;
    upload.stop();
    listener.failed(refusal);
  }

  /** Gives up, in the middle of the response. */
  private void abort(String rule) {
    if (!over) {
      cut(rule);
      reset();
    }
  }

  /** For when what clients do not read takes too much room: from any thread, at any time. */
  private Runnable cutOff() {
    Context own = vertx.getOrCreateContext();
    return () -> own.runOnContext(queued -> cutOffUnread());
  }

  private void cutOffUnread() {
    Download body = download;
    if (!over) {
      abort(UNREAD);
    } else if (body == null || body.isGone()) {
      return;
    } else {
      events.aborted(UNREAD);
    }
    NettyHttp2.cutOff(client.connection(), response.streamId());
  }

  /** Cuts the client's response off, so that it does not look complete. */
  private void cut(String rule) {
    over = true;
    listener.cut(rule);
    stopBodies();
    if (!response.ended()) {
      response.reset(ErrorCodes.INTERNAL_ERROR);
    }
  }

  @Override
  public void cancel() {
    // a response of known length may be complete at the client before the upstream's stream ends
    if (!over && !response.ended()) {
      over = true;
      stopBodies();
      reset();
    }
  }

  @Override
  public void abandon() {
    over = true;
    answered = true;
    stopBodies();
    if (!dropping && graceTimer < 0) {
      reset();
    }
  }

  @Override
  public void expire() {
    if (over) {
      return;
    }
    if (answered) {
      abort("deadline");
    } else {
      fail(UpstreamFault.deadline());
      reset();
    }
  }

  @Override
  public void finishWatch(String rule) {
    Download body = download;
    if (over || body == null) {
      return;
    }
    if (body.betweenLines()) {
      over = true;
      stopBodies();
      response.end();
      reset();
    } else {
      abort(rule);
    }
    end(false); // its connection is about to be closed
  }

  @Override
  public long bytesIn() {
    return upload.passed();
  }

  @Override
  public long bytesOut() {
    Download body = download;
    return body == null ? 0 : body.passed();
  }

  private void stopBodies() {
    upload.stop();
    Download body = download;
    if (body != null) {
      body.stop();
    }
  }

  private void reset() {
    HttpClientRequest sent = stream;
    if (ended) {
      return;
    }
    if (sent == null) {
      end(false);
      return;
    }
    if (upstream.knowsNothingOf(sent)) { // and so has nothing to stop: no reset is spent on it
      sent.reset(ErrorCodes.CANCEL);
      end(false);
      return;
    }
    dropping = true;
    events.held(Held.UNWANTED_STREAM, 1);
    Download body = download;
    if (body != null) {
      body.drop(() -> end(false));
    }
    withdrawReset = upstream.reset(sent, () -> resetNow(sent));
  }

  private void resetNow(HttpClientRequest sent) {
    stopDropping();
    sent.reset(ErrorCodes.CANCEL);
    graceTimer = vertx.setTimer(RESET_GRACE_MILLIS, late -> end(false));
  }

  private void stopDropping() {
    if (dropping) {
      dropping = false;
      events.held(Held.UNWANTED_STREAM, -1);
    }
  }

  private void end(boolean complete) {
    if (ended) {
      return;
    }
    ended = true;
    if (upload.isSent()) {
      withdrawReset.run(); // else it alone closes the stream
    }
    stopDropping();
    if (graceTimer >= 0) {
      vertx.cancelTimer(graceTimer);
    }
    if (stream != null) {
      events.held(Held.UPSTREAM_STREAM, -1);
    }
    listener.ended(complete);
  }
}
