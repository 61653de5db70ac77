package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.Rejection;
import io.apfproxy.flowcontrol.WouldHave;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.ClientConnection;
import io.apfproxy.server.listen.OwnAnswers;
import io.apfproxy.time.TimeSource;
import io.apfproxy.upstream.exchange.BodyDrain;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** The answers the proxy gives itself. Source: specification security.md 2, apf-queueing.md 5.5. */
final class Replies {
  private static final String PLAIN = "text/plain; charset=utf-8";

  /** As Go writes it, which people grep for. */
  private static final String FLOW_SCHEMA = "X-Kubernetes-Pf-Flowschema-Uid";

  private static final String PRIORITY_LEVEL = "X-Kubernetes-Pf-Prioritylevel-Uid";
  private static final String REFUSED = "X-Apf-Refused";
  private static final String DEFECT = "defect";
  private static final String SHUTTING_DOWN = "shutting-down";
  private static final int SHUTDOWN_RETRY_SECONDS = 5;

  private final Vertx vertx;
  private final Reporter reporter;
  private final OwnAnswers own;
  private final HttpDate date = new HttpDate(TimeSource.system());

  Replies(Vertx vertx, Reporter reporter, OwnAnswers own) {
    this.vertx = vertx;
    this.reporter = reporter;
    this.own = own;
  }

  /** The priority level refuses: for those who do not read a Status, in kube-apiserver's words. */
  static RefusedException tooManyRequests(Rejection rejection) {
    return new RefusedException(429, "TooManyRequests", rejection.reason().label(), rejection.why())
        .retryAfter(rejection.retryAfterSeconds())
        .forSeats(rejection.seats())
        .answeredWith("Too many requests, please try again later.\n");
  }

  /** The proxy is about to stop. */
  static RefusedException shuttingDown() {
    return new RefusedException(429, "TooManyRequests", SHUTTING_DOWN, "the proxy stops")
        .retryAfter(SHUTDOWN_RETRY_SECONDS)
        .answeredWith("The apiserver is shutting down, please try again later.\n")
        .closing();
  }

  /** A Kubernetes {@code Status}, or the plain text of the refusal. */
  void refuse(
      HttpServerRequest client,
      ClientConnection connection,
      RefusedException refusal,
      Account account) {
    if (refusal.retryAfterSeconds() > 0) {
      client.response().putHeader("Retry-After", Integer.toString(refusal.retryAfterSeconds()));
    }
    addFlow(client.response().headers(), account, true);
    client.response().putHeader(REFUSED, refusal.rule());
    if (own.exposeNames()) {
      addIfKnown(client.response().headers(), "X-Apf-Ratelimit", refusal.limit());
    }
    boolean goAway =
        refusal.rule().equals(SHUTTING_DOWN)
            || (refusal.code() == 401 && client.version() == HttpVersion.HTTP_2);
    RefusalText text = new RefusalText(refusal, account, own);
    boolean status = text.isStatus(client.headers().getAll(HttpHeaders.ACCEPT));
    send(
        client,
        connection,
        refusal.code(),
        status ? "application/json" : PLAIN,
        status ? text.status() : text.plain(),
        account,
        refusal.closesConnection());
    if (goAway) {
      connection.sendAway();
    }
  }

  /**
   * Something was thrown: 500 if no byte of a response was sent, else the response is cut off, so
   * that it does not look complete.
   *
   * @param tunnel whether the connection may be a tunnel by now
   */
  void defect(
      HttpServerRequest client,
      ClientConnection connection,
      Throwable thrown,
      boolean tunnel,
      Account account) {
    HttpServerResponse response = client.response();
    if (response.ended() || response.closed()) {
      reporter.thrown(thrown);
    } else if (response.headWritten() || tunnel) {
      account.cut(DEFECT);
      reporter.aborted(DEFECT);
      reporter.thrown(thrown);
      if (tunnel) {
        client.connection().close();
      } else {
        response.reset(ErrorCodes.INTERNAL_ERROR);
      }
    } else {
      response.headers().clear();
      response.setChunked(false);
      RefusedException answer =
          new RefusedException(500, "InternalError", DEFECT, "an internal error occurred")
              .causedBy(thrown);
      account.refused(answer);
      refuse(client, connection, answer, account);
    }
  }

  /** A browser asks what a page of an allowed origin may send. */
  void preflight(HttpServerRequest client, ClientConnection connection, Account account) {
    if (!begin(client, 204, account)) {
      return;
    }
    HttpServerResponse response = client.response();
    own.crossOrigin().addTo(client, response.headers());
    boolean closing = closing(client, connection, false);
    response.end().onSuccess(sent -> BodyDrain.after(vertx, client, closing));
  }

  /**
   * Adds what tells where a request was put.
   *
   * @param ours whether it is our reply, which carries our UIDs; forwarded ones carry upstream's
   */
  void addFlow(MultiMap headers, Account account, boolean ours) {
    Classification classification = account.classification();
    if (ours) {
      addIfKnown(headers, PRIORITY_LEVEL, classification.priorityLevelUid());
      addIfKnown(headers, FLOW_SCHEMA, classification.flowSchemaUid());
    }
    if (own.exposeNames()) {
      addIfKnown(headers, "X-Apf-Flowschema", classification.flowSchema());
      addIfKnown(headers, "X-Apf-Prioritylevel", classification.priorityLevel());
      addIfKnown(headers, "X-Apf-Shadow", wouldHave(account.shadow()));
    }
  }

  /** Empty if that is nothing. */
  private static String wouldHave(String shadow) {
    return shadow.equals(WouldHave.PASS) ? "" : shadow;
  }

  private static void addIfKnown(MultiMap headers, String name, String value) {
    if (!value.isEmpty()) {
      headers.set(name, value);
    }
  }

  private void send(
      HttpServerRequest client,
      ClientConnection connection,
      int code,
      String type,
      String body,
      Account account,
      boolean close) {
    if (!begin(client, code, account)) {
      return;
    }
    HttpServerResponse response = client.response();
    response.putHeader("Content-Type", type).putHeader("X-Content-Type-Options", "nosniff");
    own.crossOrigin().addTo(client, response.headers());
    boolean closing = closing(client, connection, close);
    Buffer bytes = Buffer.buffer(body);
    boolean bodyless = "HEAD".equals(client.method().name());
    response.putHeader("Content-Length", Integer.toString(bytes.length()));
    (bodyless ? response.end() : response.end(bytes))
        .onSuccess(sent -> BodyDrain.after(vertx, client, closing));
  }

  /**
   * Tells of an answer, and writes what all have.
   *
   * @return whether it can go out
   */
  private boolean begin(HttpServerRequest client, int code, Account account) {
    HttpServerResponse response = client.response();
    boolean open = !response.closed() && !response.headWritten();
    if (open) {
      account.answered(code, System.nanoTime());
    }
    reporter.answered(account);
    if (open) {
      response
          .setStatusCode(code)
          .putHeader("Audit-Id", account.auditId())
          .putHeader("Date", date.text())
          .putHeader("Cache-Control", "no-cache, private");
    }
    return open;
  }

  private static boolean closing(
      HttpServerRequest client, ClientConnection connection, boolean close) {
    boolean closing =
        client.version() != HttpVersion.HTTP_2 && (close || BodyDrain.closeAsked(client));
    if (closing) {
      connection.markClosing();
      BodyDrain.announceClose(client);
    }
    return closing;
  }
}
