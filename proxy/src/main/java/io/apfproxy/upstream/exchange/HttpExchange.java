package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.wire.ConnectFailure;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.NettyHttp2;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.StreamResetException;
import org.jspecify.annotations.Nullable;

/** One request and its response. */
public final class HttpExchange extends Exchange {
  /*
   * A request is sent again only if the upstream said that it never looked at it, and only if what
   * went out of its body is still here: whatever may have been executed is never repeated. Where
   * nobody is there nothing was sent, and it waits for somebody.
   */
  private static final String UNREAD = "unread-bytes";

  private final Backlogs backlogs;
  private final Upload upload;
  private @Nullable AwaitedReturn awaited;
  private @Nullable UpstreamStream stream;
  private @Nullable Download download;
  private @Nullable Rest rest;
  private @Nullable Pacing pacing;
  private boolean retried;

  /**
   * @param beginning of the body, read already; null for none
   * @param backlogs of all responses
   */
  public HttpExchange(
      Vertx vertx,
      Chosen<Member> chosen,
      Reporter events,
      HttpServerRequest client,
      Outgoing request,
      @Nullable BodyBeginning beginning,
      ExchangeListener listener,
      Backlogs backlogs) {
    super(vertx, chosen, events, client, request, listener);
    this.backlogs = backlogs;
    this.upload =
        new Upload(
            vertx, client, request, beginning, listener.seats(), this::bodyTooSlow, this::pace);
  }

  @Override
  public void start() {
    if (isOver()) {
      end(false);
    } else if (!chosen.isAway()) {
      upstream.open(request, () -> !isOver()).onComplete(this::opened, this::notOpened);
    } else if (!somebody().begin()) {
      notSent();
    }
  }

  private AwaitedReturn somebody() {
    if (awaited == null) {
      awaited =
          new AwaitedReturn(vertx, chosen, events, listener.seats(), this::start, this::notSent);
    }
    return awaited;
  }

  private void notOpened(Throwable cause) {
    boolean nobody = ConnectFailure.isNobodyThere(cause);
    if (nobody) {
      chosen.foundNobody();
    }
    somebody().notFound(cause);
    if (isOver()) {
      end(false);
    } else if (!(nobody ? somebody().begin() : goesOnAnew(cause))) {
      notSent();
    }
  }

  private boolean goesOnAnew(Throwable cause) {
    return ConnectFailure.isConnectionGone(cause) && somebody().beginAnew();
  }

  @Override
  public void givenBack() {
    if (awaited != null) {
      awaited.end(); // others may be let go in its place, however long it lasts
    }
  }

  /** No way was found, and it is not to wait any longer. */
  private void notSent() {
    refuse(somebody().refusal());
    end(false);
  }

  @Override
  public boolean withdraw(RefusedException refusal) {
    if (awaited == null || !awaited.isWaiting()) {
      return false;
    }
    refuse(refusal);
    end(false);
    return true;
  }

  private void opened(HttpClientRequest opened) {
    chosen.reached();
    if (isOver()) {
      opened.exceptionHandler(late -> {});
      opened.reset(ErrorCodes.CANCEL);
      end(false);
      return;
    }
    UpstreamStream to = new UpstreamStream(vertx, upstream, events, opened);
    stream = to;
    to.begin();
    opened.exceptionHandler(cause -> broken(to, cause));
    try {
      HeaderRules.writeRequest(request, opened.headers());
    } catch (RefusedException defect) {
      refuse(defect);
      reset();
      return;
    }
    opened.earlyHintsHandler(new EarlyHints(client, this::isUnanswered));
    opened.response().onComplete(answer -> head(to, answer), cause -> broken(to, cause));
    upload.to(opened);
  }

  private void head(UpstreamStream from, HttpClientResponse answer) {
    answer.exceptionHandler(cause -> broken(from, cause));
    answer.endHandler(unread -> end(false));
    chosen.answered();
    upload.answered();
    if (InnerRefusal.is(answer.statusCode(), answer.headers())) {
      chosen.refusedInside();
    }
    if (isOver()) {
      return;
    }
    try {
      passOn(answer, AnswerHead.copy(answer, response, request, upstream.server()));
    } catch (RefusedException unfit) {
      refuse(unfit);
      reset();
    }
  }

  private void passOn(HttpClientResponse answer, long length) {
    answered(answer.statusCode(), response.headers());
    Context own = vertx.getOrCreateContext();
    Backlog backlog =
        backlogs.of(
            request.clientAddress(),
            () -> own.runOnContext(queued -> cutOffUnread()),
            listener.seats());
    Download body =
        new Download(
            response,
            answer,
            length,
            this::pass,
            backlog,
            () -> new SlowReader(vertx, events, backlog, this::readTooSlowly));
    download = body;
    boolean endless = AnswerHead.isEndless(client, length);
    boolean close = BodyDrain.closes(client, endless);
    body.start(own, () -> complete(answer, body, backlog, close), endless);
    if (request.laneKind() == LaneKind.LASTING && stream != null) {
      request = Outgoing.ANSWERED;
      HttpClientRequest sent = stream.request();
      body.whenHeadIsOut(() -> own.runOnContext(out -> SentHeads.drop(client, sent, answer)));
    }
  }

  private void pass(Buffer bytes) {
    passing(bytes);
    pace();
  }

  private void pace() {
    long nanos = moved();
    if (nanos > 0 && !isOver()) {
      if (pacing == null) {
        pacing = new Pacing(vertx, upload, () -> download);
      }
      pacing.hold(nanos);
    }
  }

  private void complete(HttpClientResponse answer, Download body, Backlog backlog, boolean close) {
    boolean whole = !body.truncated();
    if (!whole) {
      cut("upstream-truncated");
    }
    makeOver();
    upload.stop();
    if (whole && backlog.isLarge()) {
      rest = new Rest(vertx, events, backlog, listener, this::cutOffRest);
    }
    end(whole);
    if (stream != null && !upload.isSent()) { // it was answered before it was sent
      stream.closeUnsent();
    }
    if (whole) {
      Future<Void> sent = body.finish(answer.trailers());
      if (rest != null) {
        rest.follow(sent);
      }
      if (!response.closed() && (close || !client.isEnded())) {
        sent.onSuccess(flushed -> BodyDrain.after(vertx, client, close));
      }
    }
  }

  /** The upstream's side broke: reset, closed, or not understood. */
  private void broken(UpstreamStream by, Throwable cause) {
    if (by != stream) {
      return;
    }
    if (isOver()) {
      if (by.broke()) {
        end(false);
      }
    } else if (isAnswered()) {
      breakOff("upstream-broken");
      if (!(cause instanceof StreamResetException)) {
        by.request().reset(ErrorCodes.CANCEL); // harmless if its connection is closed
      }
      end(false);
    } else if (!by.neverProcessed(cause)) {
      refuse(UpstreamFault.broken(cause));
      end(false);
    } else if (retried || !upload.repeatable()) {
      refuse(UpstreamFault.unreachable(cause, chosen.retryAfterSeconds()));
      end(false);
    } else {
      retried = true;
      upload.pause();
      stream = null;
      by.gone(false);
      start();
    }
  }

  private void bodyTooSlow() {
    boolean unanswered = isUnanswered();
    giveUp(UpstreamFault.slowBody());
    if (unanswered) {
      end(false); // the upstream waited for the body as well
    }
  }

  private void refuse(RefusedException refusal) {
    upload.stop();
    fail(refusal);
  }

  private void readTooSlowly() {
    if (stream != null) {
      stream.hasStalled();
    }
    abort("slow-reader");
  }

  /** Gives up, in the middle of the response. */
  private void abort(String rule) {
    if (!isOver()) {
      cut(rule);
      reset();
    }
  }

  /** What clients do not read takes too much room. At any time. */
  private void cutOffUnread() {
    if (isOver()) {
      cutOffRest(UNREAD);
    } else {
      abort(UNREAD);
      cutOffNow();
    }
  }

  /** Whoever has not taken a response by now that is complete here does not get it. */
  private void cutOffRest(String rule) {
    if (download != null && !download.isGone()) {
      events.aborted(rule);
      cutOffNow();
    }
  }

  private void cutOffNow() {
    NettyHttp2.cutOff(client.connection(), response.streamId());
  }

  /** Cuts the client's response off, so that it does not look complete. */
  private void cut(String rule) {
    cutOff(rule);
    stopBodies();
    if (!response.ended()) {
      response.reset(ErrorCodes.INTERNAL_ERROR);
    }
  }

  @Override
  public void cancel() {
    // a response of known length may be complete at the client before the upstream's stream ends
    if (!response.ended() && makeOver()) {
      stopBodies();
      reset();
    }
  }

  @Override
  public void abandon() {
    makeOver();
    stopBodies();
    reset();
  }

  @Override
  public void expire() {
    if (awaited != null && awaited.isWaiting()) {
      notSent();
    } else {
      giveUp(UpstreamFault.deadline());
    }
  }

  @Override
  public void giveUp(RefusedException why) {
    if (isUnanswered()) {
      refuse(why);
      reset();
    } else {
      abort(why.rule());
    }
  }

  @Override
  public void finishWatch(String rule) {
    if (!isOver() && download != null) {
      breakOff(rule);
      reset();
      end(false); // its connection is about to be closed
    }
  }

  /** Ends a watch where its client can go on from the last event, and cuts off everything else. */
  private void breakOff(String rule) {
    if (listener.mayEndHere(rule) && download != null && download.betweenLines()) {
      makeOver();
      stopBodies();
      response.end();
    } else {
      cut(rule);
    }
  }

  @Override
  public long bytesIn() {
    return upload.forwarded();
  }

  @Override
  public long bytesOut() {
    Download body = download;
    return body == null ? 0 : body.passed();
  }

  private void stopBodies() {
    upload.stop();
    if (download != null) {
      download.stop();
    }
    if (rest != null) {
      rest.stop();
    }
  }

  private void reset() {
    if (stream == null) {
      end(false);
    } else if (!hasEnded()) {
      if (download != null) {
        download.drop(() -> end(false));
      }
      boolean begun = upload.isSent() || download != null;
      stream.reset(begun, () -> end(false));
    }
  }

  @Override
  protected void release() {
    if (awaited != null) {
      awaited.end();
    }
    if (pacing != null) {
      pacing.stop();
    }
    if (stream != null) {
      stream.gone(upload.isSent());
    }
  }
}
