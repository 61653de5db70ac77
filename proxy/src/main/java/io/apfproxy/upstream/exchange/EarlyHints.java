package io.apfproxy.upstream.exchange;

import io.apfproxy.request.RefusedException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Passes interim responses on, which clients of HTTP/1.0 do not know. */
final class EarlyHints {
  private static final int MOST = 16;

  private final HttpServerRequest client;
  private int number;

  EarlyHints(HttpServerRequest client) {
    this.client = client;
  }

  /** Call before the response itself. */
  void pass(MultiMap hints) {
    if (client.version() == HttpVersion.HTTP_1_0 || ++number > MOST) {
      return;
    }
    MultiMap passed = HttpHeaders.headers();
    try {
      HeaderRules.copyResponse(hints, passed, true);
    } catch (RefusedException unfit) {
      return; // it may be left out
    }
    HttpServerResponse response = client.response();
    if (!response.closed()) {
      response.writeEarlyHints(passed);
    }
  }
}
