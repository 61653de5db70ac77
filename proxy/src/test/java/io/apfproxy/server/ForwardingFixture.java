package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** A proxy before a fake upstream, for tests of what goes through. */
abstract class ForwardingFixture {
  final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  static void echo(HttpServerRequest request) {
    request.response().setChunked(true);
    request.handler(
        bytes -> {
          request.response().write(bytes);
          if (request.response().writeQueueFull()) {
            request.pause();
            request.response().drainHandler(drained -> request.resume());
          }
        });
    request.endHandler(end -> request.response().end());
  }

  void through(
      HttpVersion upstreamVersion, Consumer<HttpServerRequest> handler, Consumer<TestProxy> test) {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, handler, upstreamVersion);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      test.accept(proxy);
      proxy.expectRest();
    }
  }

  static HttpClientResponse send(HttpClient client, HttpMethod method, String target) {
    return get(client.request(method, target).compose(HttpClientRequest::send));
  }
}
