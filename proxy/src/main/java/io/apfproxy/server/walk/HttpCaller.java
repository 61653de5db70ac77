package io.apfproxy.server.walk;

import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.ClientConnection;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** A client of the listener. */
final class HttpCaller implements Caller {
  private final HttpServerRequest request;
  private final ClientConnection connection;
  private final Replies replies;

  HttpCaller(HttpServerRequest request, ClientConnection connection, Replies replies) {
    this.request = request;
    this.connection = connection;
    this.replies = replies;
  }

  @Override
  public HttpServerRequest request() {
    return request;
  }

  @Override
  public ClientConnection connection() {
    return connection;
  }

  @Override
  public void refuse(RefusedException refusal, Account account) {
    replies.refuse(request, connection, refusal, account);
  }

  @Override
  public void preflight(Account account) {
    replies.preflight(request, connection, account);
  }

  @Override
  public void addFlow(MultiMap headers, Account account) {
    replies.addFlow(headers, account, false);
  }

  @Override
  public void defect(Throwable thrown, boolean tunnel, Account account) {
    replies.defect(request, connection, thrown, tunnel, account);
  }

  @Override
  public void cut() {
    request.connection().close();
  }

  @Override
  public boolean isAnswered() {
    HttpServerResponse response = request.response();
    return response.ended() || response.closed();
  }
}
