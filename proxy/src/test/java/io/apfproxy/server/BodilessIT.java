package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.FrameUpstream;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request without body is told as one, not as one with an empty body that is still to come, which
 * back ends of the subresource {@code proxy} would see as chunks.
 */
class BodilessIT {
  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE", "POST"})
  void endsWithItsHeadOnBothSides(String method) throws IOException {
    AtomicReference<Boolean> endsWithHead = new AtomicReference<>();
    Vertx vertx = Vertx.vertx();
    try (FrameUpstream upstream =
            FrameUpstream.start(
                request -> {
                  endsWithHead.set(request.endsWithHead());
                  request.answer(200, "ok");
                });
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        FrameConnection client =
            FrameConnection.open(new TlsClient(proxy.port()).protocols("h2"), Map.of())) {
      for (int stream : new int[] {1, 3}) { // the second finds a connection to upstream
        client.headers(
            stream,
            true,
            ":method: " + method,
            ":scheme: https",
            ":authority: a",
            ":path: /api/v1/namespaces/a/services/s/proxy");
        assertThat(client.await(Http2Frame.HEADERS)).isNotNull();
        assertThat(endsWithHead.getAndSet(null)).isTrue();
      }
    } finally {
      get(vertx.close());
    }
  }
}
