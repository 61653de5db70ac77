package io.apfproxy.upstream.exchange;

import io.apfproxy.upstream.wire.StreamHeads;
import io.apfproxy.upstream.wire.StreamQueues;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** What Vert.x still keeps of an exchange of which only the rest of the response is to come. */
final class SentHeads {
  private SentHeads() {}

  /**
   * Drops it where both sides speak HTTP/2: of an idle watch it is more than half, and there may be
   * a hundred thousand. Call when the response's head has been written, in another turn of their
   * event loop.
   *
   * @param request as it went to the upstream
   */
  static void drop(HttpServerRequest client, HttpClientRequest request, HttpClientResponse answer) {
    HttpServerResponse response = client.response();
    if (client.version() == HttpVersion.HTTP_2
        && request.connection().protocolVersion() == HttpVersion.HTTP_2
        && response.headWritten()) {
      StreamQueues.shrink(response, answer);
      request.redirectHandler(null); // it has all that the request was made from
      request.earlyHintsHandler(null);
      StreamHeads.drop(client, request, answer);
    }
  }
}
