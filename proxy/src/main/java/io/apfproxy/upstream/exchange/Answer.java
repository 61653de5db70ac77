package io.apfproxy.upstream.exchange;

import io.apfproxy.upstream.wire.NettyHttp2;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * The response of one exchange at its client: on its way, and after the upstream has sent all of
 * it, until the client has read it or does not get it. Belongs to the event loop of the request.
 */
final class Answer implements Download.Listener {
  /*
   * Its exchange is over when the upstream has sent it all, whatever the client has read: seats are
   * not held for a client. What is left is the Rest, which can only be read or cut off.
   */
  private static final String UNREAD = "unread-bytes";

  private final HttpExchange exchange;
  private final HttpServerRequest client;
  private final HttpServerResponse response;
  private final HttpClientResponse from;
  private final boolean endless;
  private final Context own;
  private final Backlog backlog;
  private final Download body;
  private @Nullable Rest rest;
  private boolean close;

  /**
   * @param from the upstream's, in the turn in which its head arrived
   * @param length of the body, -1 if it ends with the stream
   */
  Answer(HttpExchange exchange, HttpClientResponse from, long length, Backlogs backlogs) {
    this.exchange = exchange;
    this.client = exchange.client;
    this.response = exchange.response;
    this.from = from;
    this.endless = AnswerHead.isEndless(client, length);
    this.own = exchange.vertx.getOrCreateContext();
    this.backlog =
        backlogs.of(
            exchange.request.clientAddress(),
            () -> own.runOnContext(queued -> cutOffUnread()),
            exchange.listener.seats());
    this.body = new Download(response, from, length, backlog, this);
  }

  /** Passes it on from now, its head first. */
  void begin() {
    close = BodyDrain.closes(client, endless);
    body.start(own, endless);
  }

  /**
   * Keeps nothing of both heads once they were sent, as it may last.
   *
   * @param request as it went to the upstream
   */
  void dropHeads(HttpClientRequest request) {
    body.whenHeadIsOut(() -> own.runOnContext(out -> SentHeads.drop(client, request, from)));
  }

  @Override
  public void passing(Buffer bytes) {
    exchange.pass(bytes);
  }

  @Override
  public SlowReader reader() {
    return new SlowReader(exchange.vertx, exchange.events, backlog, exchange::readTooSlowly);
  }

  @Override
  public void ended() {
    boolean whole = !body.truncated();
    if (whole && backlog.isLarge()) {
      rest =
          new Rest(exchange.vertx, exchange.events, backlog, exchange.listener, this::cutOffRest);
    }
    exchange.received(whole);
    if (whole) {
      finish();
    }
  }

  private void finish() {
    Future<Void> sent = body.finish(from.trailers());
    if (rest != null) {
      rest.follow(sent);
    }
    if (!response.closed() && (close || !client.isEnded())) {
      sent.onSuccess(flushed -> BodyDrain.after(exchange.vertx, client, close));
    }
  }

  /** What clients do not read takes too much room. At any time. */
  private void cutOffUnread() {
    if (exchange.isOver()) {
      cutOffRest(UNREAD);
    } else {
      exchange.abort(UNREAD);
      cutOffNow();
    }
  }

  /** Whoever has not taken a response by now that is complete here does not get it. */
  private void cutOffRest(String rule) {
    if (!body.isGone()) {
      exchange.events.aborted(rule);
      cutOffNow();
    }
  }

  private void cutOffNow() {
    NettyHttp2.cutOff(client.connection(), response.streamId());
  }

  /**
   * Whether its client would miss nothing if it ended here: a watch goes on from its last event.
   */
  boolean betweenLines() {
    return body.betweenLines();
  }

  /** Reads no more, or goes on where the client takes it: a rate limit has it wait. */
  void hold(boolean is) {
    body.hold(is);
  }

  /** All of it has come, though nobody will say so any more. */
  void hasCome() {
    body.hasCome(own);
  }

  /** Bytes so far. */
  long passed() {
    return body.passed();
  }

  /**
   * From now on only reads on, as the upstream sends.
   *
   * @param end called when it has sent everything
   */
  void drop(Runnable end) {
    body.drop(end);
  }

  /** Nothing more of it goes to the client. Harmless when repeated. */
  void stop() {
    body.stop();
    if (rest != null) {
      rest.stop();
    }
  }
}
