package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.wire.ConnectFailure;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.StreamResetException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response. It ends like this:
 *
 * <pre>
 *  what happened               to a client not answered yet    to a response on its way
 *  --------------------------------------------------------------------------------------
 *  the upstream sent it all    -                               whole; cut off if it is short
 *  the upstream broke          sent again once, 502 or 503     broken off
 *  nobody was there in time    503                             -
 *  its time is over            504                             cut off
 *  the client sends too slowly 408                             cut off
 *  the client reads too slowly -                               cut off, as the upstream stalls
 *  too much is unread          -                               cut off
 *  the proxy stops             withdrawn, if nobody was there  broken off
 *  the client left             -                               -
 *  something was thrown        -                               -
 * </pre>
 *
 * What is cut off does not look complete to its client. What is broken off is cut off as well,
 * unless it is a watch between two events: that one just ends. The upstream's side is reset
 * wherever it has not ended by itself, and the exchange ends when the upstream has noticed.
 */
public final class HttpExchange extends Exchange {
  /*
   * A request is sent again only if the upstream said that it never looked at it, and only if what
   * went out of its body is still here: whatever may have been executed is never repeated. Where
   * nobody is there nothing was sent, and it waits for somebody.
   *
   * From here it is read in three parts: how it finds its way to the upstream, how its answer comes
   * (Answer has the client's end of it), and how each of the above is done.
   */
  private final Backlogs backlogs;
  private final Upload upload;
  private @Nullable AwaitedReturn awaited;
  private @Nullable UpstreamStream stream;
  private @Nullable Answer answer;
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
    opened.response().onComplete(head -> head(to, head), cause -> broken(to, cause));
    upload.to(opened);
  }

  private void head(UpstreamStream from, HttpClientResponse head) {
    head.exceptionHandler(cause -> broken(from, cause));
    head.endHandler(unread -> end(false));
    chosen.answered();
    upload.answered();
    if (InnerRefusal.is(head.statusCode(), head.headers())) {
      chosen.refusedInside();
    }
    if (isOver()) {
      return;
    }
    try {
      passOn(from, head, AnswerHead.copy(head, response, request, upstream.server()));
    } catch (RefusedException unfit) {
      refuse(unfit);
      reset();
    }
  }

  private void passOn(UpstreamStream from, HttpClientResponse head, long length) {
    answered(head.statusCode(), response.headers());
    Answer begun = new Answer(this, head, length, backlogs);
    answer = begun;
    begun.begin();
    if (request.laneKind() == LaneKind.LASTING) {
      request = Outgoing.ANSWERED;
      begun.dropHeads(from.request());
    }
  }

  /** A piece of the response's body is about to follow. */
  void pass(Buffer bytes) {
    passing(bytes);
    pace();
  }

  private void pace() {
    long nanos = moved();
    if (nanos > 0 && !isOver()) {
      if (pacing == null) {
        pacing = new Pacing(vertx, upload, () -> answer);
      }
      pacing.hold(nanos);
    }
  }

  /**
   * The upstream has sent its response.
   *
   * @param whole false if it was less than it had announced
   */
  void received(boolean whole) {
    if (!whole) {
      cut("upstream-truncated");
    }
    makeOver();
    upload.stop();
    end(whole);
    if (stream != null && !upload.isSent()) { // it was answered before it was sent
      stream.closeUnsent();
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
    } else if (answer != null && by.wasAnswered()) {
      answer.hasCome(); // its client may read later than that
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

  /** The client reads too slowly what others wait for. */
  void readTooSlowly() {
    if (stream != null) {
      stream.hasStalled();
    }
    abort("slow-reader");
  }

  /** Gives up, in the middle of the response. */
  void abort(String rule) {
    if (!isOver()) {
      cut(rule);
      reset();
    }
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
    if (!isOver() && answer != null) {
      breakOff(rule);
      reset();
      end(false); // its connection is about to be closed
    }
  }

  /** Ends a watch where its client can go on from the last event, and cuts off everything else. */
  private void breakOff(String rule) {
    if (listener.mayEndHere(rule) && answer != null && answer.betweenLines()) {
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
    return answer == null ? 0 : answer.passed();
  }

  private void stopBodies() {
    upload.stop();
    if (answer != null) {
      answer.stop();
    }
  }

  private void reset() {
    if (stream == null) {
      end(false);
    } else if (!hasEnded()) {
      if (answer != null) {
        answer.drop(() -> end(false));
      }
      boolean begun = upload.isSent() || answer != null;
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
