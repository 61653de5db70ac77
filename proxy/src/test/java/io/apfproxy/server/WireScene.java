package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;

/**
 * The listener before an upstream of the test, with the product's own reader of heads: for clients
 * that write bytes.
 */
final class WireScene implements AutoCloseable {
  final TestProxy proxy;
  final Vertx vertx;
  final FakeUpstream upstream;

  WireScene(Consumer<HttpServerRequest> answer) {
    this(Vertx.vertx(), HttpVersion.HTTP_2, answer);
  }

  WireScene(Vertx vertx, HttpVersion upstreamVersion, Consumer<HttpServerRequest> answer) {
    this.vertx = vertx;
    this.upstream = FakeUpstream.http(vertx, answer, upstreamVersion);
    this.proxy = TestProxy.before(vertx, upstream.port()).allRulesOfHeads().start();
  }

  @Override
  public void close() {
    proxy.close();
    upstream.close();
    get(vertx.close());
  }
}
