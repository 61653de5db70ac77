package io.apfproxy.server.walk;

import io.apfproxy.flowcontrol.Classification;
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
  private final String auditId;

  HttpCaller(HttpServerRequest request, Peer peer, Replies replies) {
    this.request = request;
    this.peer = peer;
    this.replies = replies;
    this.auditId = AuditId.of(request.headers());
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
  public String auditId() {
    return auditId;
  }

  @Override
  public void refuse(RefusedException refusal, Classification where) {
    replies.refuse(request, peer, refusal, where, auditId);
  }

  @Override
  public void preflight() {
    replies.preflight(request, peer, auditId);
  }

  @Override
  public void addFlow(MultiMap headers, Classification where) {
    replies.addFlow(headers, where, false);
  }

  @Override
  public void defect(Throwable thrown, boolean tunnel, Classification where) {
    replies.defect(request, peer, thrown, tunnel, where, auditId);
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
