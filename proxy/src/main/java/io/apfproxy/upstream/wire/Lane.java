package io.apfproxy.upstream.wire;

import io.vertx.core.http.HttpVersion;
import java.util.List;

/** Requests that may share connections. */
record Lane(Credential credential, boolean anonymous, LaneKind kind) {
  static Lane of(Outgoing request) {
    Sender sender = request.sender();
    return new Lane(sender.credential(), sender.anonymous(), request.laneKind());
  }

  /**
   * What its connections may speak, preferred first: HTTP/2 where offered, as an idle watch then
   * costs a stream, not a connection. kube-apiserver ends an HTTP/2 connection after each answer to
   * an anonymous request, whatever else it carries (UnauthenticatedHTTP2DOSMitigation). Those
   * requests have HTTP/1.1 connections of their own, which it keeps; so a flood of strangers costs
   * nobody else a connection.
   */
  List<HttpVersion> versions() {
    return anonymous
        ? List.of(HttpVersion.HTTP_1_1)
        : List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);
  }
}
