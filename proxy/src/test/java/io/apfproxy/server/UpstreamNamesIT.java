package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.NameServer;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.apfproxy.upstream.wire.UpstreamNames;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The upstream's name, and where it points to. */
@Tag("S88")
class UpstreamNamesIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int A_DAY = 86_400;

  @Test
  void followsTheNameAndKeepsTheLastAddressWhenNobodyKnowsItAnyMore() {
    try (NameServer names = new NameServer(A_DAY)) {
      Vertx vertx =
          Vertx.vertx(
              new VertxOptions()
                  .setAddressResolverOptions(
                      UpstreamNames.resolution().addServer("127.0.0.1:" + names.port())));
      try (FakeUpstream upstream =
              FakeUpstream.http(vertx, UpstreamNamesIT::answerAndClose, HttpVersion.HTTP_1_1);
          TestProxy proxy = TestProxy.before(vertx, named(upstream.port())).start()) {
        HttpClient client = proxy.client(HttpVersion.HTTP_2);
        names.address(127, 0, 0, 7);
        assertThat(status(client)).as("nothing listens there").isEqualTo(503);
        names.address(127, 0, 0, 1);
        await().atMost(LIMIT).until(() -> status(client) == 200);
        int asked = names.asked();
        names.fallSilent();
        do {
          assertThat(status(client)).isEqualTo(200);
        } while (names.asked() <= asked + 2);
      } finally {
        TestProxy.get(vertx.close());
      }
    }
  }

  /** So that each request needs a connection of its own. */
  private static void answerAndClose(HttpServerRequest request) {
    request.response().putHeader("Connection", "close").end("{}");
  }

  private static UpstreamConfig named(int port) {
    return new UpstreamConfig(
        URI.create("https://upstream.example:" + port),
        FakeUpstream.authorityPem(),
        false,
        "127.0.0.1",
        null,
        null);
  }

  private static int status(HttpClient client) {
    return ForwardingFixture.send(client, HttpMethod.GET, "/api/v1/pods").statusCode();
  }
}
