package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.ClientConnection;
import io.apfproxy.server.listen.CrossOrigin;
import io.apfproxy.time.TimeSource;
import io.apfproxy.upstream.exchange.BodyDrain;
import io.apfproxy.upstream.wire.ErrorCodes;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.Json;

/** The answers the proxy gives itself. Source: specification security.md 2, apf-queueing.md 5.5. */
final class Replies {
  private static final String PLAIN = "text/plain; charset=utf-8";

  /** As Go writes it, which people grep for. */
  private static final String FLOW_SCHEMA = "X-Kubernetes-Pf-Flowschema-Uid";

  private static final String PRIORITY_LEVEL = "X-Kubernetes-Pf-Prioritylevel-Uid";
  private static final String DEFECT = "defect";
  private static final String SHUTTING_DOWN = "shutting-down";
  private static final int SHUTDOWN_RETRY_SECONDS = 5;

  private final Vertx vertx;
  private final Reporter reporter;
  private final boolean exposeNames;
  private final CrossOrigin crossOrigin;
  private final HttpDate date = new HttpDate(TimeSource.system());

  Replies(Vertx vertx, Reporter reporter, boolean exposeNames, CrossOrigin crossOrigin) {
    this.vertx = vertx;
    this.reporter = reporter;
    this.exposeNames = exposeNames;
    this.crossOrigin = crossOrigin;
  }

  /**
   * The priority level refuses, in the words of kube-apiserver.
   *
   * @param where for the log
   */
  static RefusedException tooManyRequests(String rule, String where, int retryAfterSeconds) {
    return new RefusedException(429, "TooManyRequests", rule, where)
        .retryAfter(retryAfterSeconds)
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
    addFlow(client.response().headers(), account.classification(), true);
    if (exposeNames) {
      addIfKnown(client.response().headers(), "X-Apf-Ratelimit", refusal.limit());
    }
    boolean goAway =
        refusal.rule().equals(SHUTTING_DOWN)
            || (refusal.code() == 401 && client.version() == HttpVersion.HTTP_2);
    String text = refusal.plainText();
    send(
        client,
        connection,
        refusal.code(),
        text == null ? "application/json" : PLAIN,
        text == null ? status(refusal) : text,
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
    crossOrigin.addTo(client, response.headers());
    boolean closing = closing(client, connection, false);
    response.end().onSuccess(sent -> BodyDrain.after(vertx, client, closing));
  }

  /**
   * Adds what tells where a request was put.
   *
   * @param own whether it is our reply, which carries our UIDs; forwarded ones carry upstream's
   */
  void addFlow(MultiMap headers, Classification classification, boolean own) {
    if (own) {
      addIfKnown(headers, PRIORITY_LEVEL, classification.priorityLevelUid());
      addIfKnown(headers, FLOW_SCHEMA, classification.flowSchemaUid());
    }
    if (exposeNames) {
      addIfKnown(headers, "X-Apf-Flowschema", classification.flowSchema());
      addIfKnown(headers, "X-Apf-Prioritylevel", classification.priorityLevel());
    }
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
    crossOrigin.addTo(client, response.headers());
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

  private static String status(RefusedException refusal) {
    String message = refusal.getMessage();
    StringBuilder json =
        new StringBuilder(256)
            .append("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},")
            .append("\"status\":\"Failure\",\"message\":")
            .append(Json.encode(message == null ? "" : message))
            .append(",\"reason\":")
            .append(Json.encode(refusal.reason()));
    if (refusal.retryAfterSeconds() > 0) {
      json.append(",\"details\":{\"retryAfterSeconds\":")
          .append(refusal.retryAfterSeconds())
          .append('}');
    }
    return json.append(",\"code\":").append(refusal.code()).append("}\n").toString();
  }
}
