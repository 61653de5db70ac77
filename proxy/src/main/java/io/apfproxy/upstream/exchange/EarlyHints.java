package io.apfproxy.upstream.exchange;

import io.apfproxy.request.RefusedException;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.BooleanSupplier;

/** Passes interim responses on, which clients of HTTP/1.0 do not know. */
final class EarlyHints implements Handler<MultiMap> {
  private static final int MOST = 16;

  private final HttpServerRequest client;
  private final BooleanSupplier unanswered;
  private int number;

  /**
   * @param unanswered whether the response itself has not begun: nothing can go before it later
   */
  EarlyHints(HttpServerRequest client, BooleanSupplier unanswered) {
    this.client = client;
    this.unanswered = unanswered;
  }

  @Override
  public void handle(MultiMap hints) {
    if (!unanswered.getAsBoolean() || client.version() == HttpVersion.HTTP_1_0 || ++number > MOST) {
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
