package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Reporter;
import io.apfproxy.report.Traffic;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.members.Chosen;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * A request on its way through the upstream: what its client is told, and how far it came. Belongs
 * to the event loop of its request.
 *
 * <pre>
 *     nobody is there, it holds seats
 *      +------+
 *      v      | somebody is
 *  UNANSWERED --- head of the response ---> ANSWERED
 *      |                                        |
 *      | refused, gone, thrown                  | whole, cut off, gone, thrown
 *      v                                        v
 *    OVER: nothing more goes to the client, the upstream may still work on it
 *      |
 *      | its end: whole, broken, closed, reset
 *      v
 *    ENDED: it does so no longer, as far as can be known; the seats go back
 * </pre>
 */
public abstract class Exchange implements Traffic {
  /*
   * Two things end apart: what the client sees (OVER) and what the upstream works on (ENDED). A
   * client that leaves is over at once, while its seats are held until the upstream has finished or
   * was stopped. Nothing goes back up: whatever else is told later finds that it comes too late. A
   * request of which nothing was sent may wait for somebody who takes it (AwaitedReturn): to its
   * client that is no stage of its own, and it leaves it as it leaves UNANSWERED.
   */
  private enum Stage {
    UNANSWERED,
    ANSWERED,
    OVER,
    ENDED
  }

  protected final Vertx vertx;
  protected final Chosen<Member> chosen;
  protected final Member upstream;
  protected final Reporter events;
  protected final HttpServerRequest client;
  protected final HttpServerResponse response;

  /** {@link Outgoing#ANSWERED} where it may last. */
  protected Outgoing request;

  protected final ExchangeListener listener;
  private Stage stage = Stage.UNANSWERED;

  /**
   * @param chosen where it is sent; who chose it gives it back
   * @param client paused
   */
  protected Exchange(
      Vertx vertx,
      Chosen<Member> chosen,
      Reporter events,
      HttpServerRequest client,
      Outgoing request,
      ExchangeListener listener) {
    this.vertx = vertx;
    this.chosen = chosen;
    this.upstream = chosen.member();
    this.events = events;
    this.client = client;
    this.response = client.response();
    this.request = request;
    this.listener = listener;
  }

  /** Its seats have gone back, and it goes on without. */
  public void givenBack() {}

  /** Sends it. */
  public abstract void start();

  /** The client has gone: reset the upstream's side. */
  public abstract void cancel();

  /**
   * Something was thrown on the way, and nothing is known of how far it came: writes no more to the
   * client, and resets the upstream's side.
   */
  public abstract void abandon();

  /**
   * Its time is up: 504 if no response head went out, else the response is cut off. The upstream's
   * side is reset.
   */
  public abstract void expire();

  /**
   * The client does not do its part: refused if no response head went out, else the response is cut
   * off. The upstream's side is reset.
   *
   * @param why its rule is that of what is cut off, too
   */
  public abstract void giveUp(RefusedException why);

  /**
   * Ends a response that has begun, between two events of a watch if it stands there, and a tunnel.
   *
   * @param rule why, for what has to be cut off
   */
  public abstract void finishWatch(String rule);

  /**
   * Refuses it if nothing of it was sent, as it waits until somebody is there.
   *
   * @return whether it did
   */
  public boolean withdraw(RefusedException refusal) {
    return false;
  }

  protected final boolean isUnanswered() {
    return stage == Stage.UNANSWERED;
  }

  /** Whether its response is on the way to the client. */
  protected final boolean isAnswered() {
    return stage == Stage.ANSWERED;
  }

  protected final boolean isOver() {
    return stage.compareTo(Stage.OVER) >= 0;
  }

  protected final boolean hasEnded() {
    return stage == Stage.ENDED;
  }

  /** The head of the response is about to go to the client. Call while unanswered. */
  protected final void answered(int code, MultiMap headers) {
    stage = Stage.ANSWERED;
    listener.responded(code, headers);
  }

  /** A piece of the body is about to follow. */
  protected final void passing(Buffer bytes) {
    events.responseBytes(bytes.length());
    listener.body(bytes);
  }

  /** Bytes have passed, either way; gives the nanoseconds for which no more are to. */
  protected final long moved() {
    return listener.moved();
  }

  /** The response is about to be cut off, so that it does not look complete. */
  protected final void cutOff(String rule) {
    makeOver();
    listener.cut(rule);
  }

  /** Answers with this in place of the upstream, if nothing was answered yet. */
  protected final void fail(RefusedException refusal) {
    if (isUnanswered()) {
      stage = Stage.OVER;
      listener.failed(refusal);
    }
  }

  /**
   * Nothing more goes to the client.
   *
   * @return whether something might have until now
   */
  protected final boolean makeOver() {
    if (isOver()) {
      return false;
    }
    stage = Stage.OVER;
    return true;
  }

  /**
   * The upstream works on it no longer. Harmless when repeated.
   *
   * @param complete whether its response arrived whole
   */
  protected final void end(boolean complete) {
    if (hasEnded()) {
      return;
    }
    stage = Stage.ENDED;
    try {
      release();
    } finally {
      listener.ended(complete);
    }
  }

  /** Gives back what is held for the upstream's side. Called once, at the end. */
  protected abstract void release();
}
