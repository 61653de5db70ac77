package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What watches send, as it is told to those who count it (L-74). */
class WatchPiecesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String EVENT = "{\"type\":\"BOOKMARK\"}\n";
  private static final int EVENTS = 5;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicReference<HttpServerResponse> watched = new AtomicReference<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    HttpServerResponse response = request.response().setChunked(true);
    if (request.uri().contains("watch")) {
      response.writeHead();
      watched.set(response);
    } else {
      response.end(EVENT);
    }
  }

  @Test
  void areCountedPieceByPieceAndListsAreNot() {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      get(body(proxy, "/api/v1/pods"));
      assertThat(proxy.events.watchPieces.get()).isZero();

      var watch = body(proxy, "/api/v1/pods?watch=1");
      await().atMost(PATIENCE).until(() -> watched.get() != null);
      for (int i = 1; i <= EVENTS; i++) {
        get(watched.get().write(EVENT));
        int sent = i;
        await().atMost(PATIENCE).until(() -> proxy.events.watchPieces.get() == sent);
      }
      get(watched.get().end());

      assertThat(get(watch).length()).isEqualTo(EVENTS * EVENT.length());
      assertThat(proxy.events.watchBytes.get()).isEqualTo((long) EVENTS * EVENT.length());
      proxy.expectRest();
    }
  }

  private static Future<Buffer> body(TestProxy proxy, String target) {
    return proxy
        .client(HttpVersion.HTTP_2)
        .request(HttpMethod.GET, target)
        .compose(request -> request.send().compose(HttpClientResponse::body));
  }
}
