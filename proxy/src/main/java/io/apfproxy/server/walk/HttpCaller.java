package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Peer;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/** A client of the listener. */
final class HttpCaller implements Caller {
  private final HttpServerRequest request;
  private final Peer peer;
  private final Replies replies;

  HttpCaller(HttpServerRequest request, Peer peer, Replies replies) {
    this.request = request;
    this.peer = peer;
    this.replies = replies;
  }

  @Override
  public HttpServerRequest request() {
    return request;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public void refuse(RefusedException refusal, Account account) {
    replies.refuse(request, peer, refusal, account);
  }

  @Override
  public void preflight(Account account) {
    replies.preflight(request, peer, account);
  }

  @Override
  public void addFlow(MultiMap headers, Classification where) {
    replies.addFlow(headers, where, false);
  }

  @Override
  public void defect(Throwable thrown, boolean tunnel, Account account) {
    replies.defect(request, peer, thrown, tunnel, account);
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
