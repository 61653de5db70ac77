package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One who cannot have a connection, where somebody is there, shuts nobody else out. */
@Tag("L-90")
@Tag("L-91")
@Tag("S84")
final class OneWayClosedIT extends ForwardingFixture {
  private final Outage outage =
      new Outage(Duration.ofSeconds(60), System::nanoTime, new Outage.Listener() {});

  private void beforeSomebodyWhoIsNotBelieved(Consumer<TestProxy> test) {
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> request.response().end(),
                HttpVersion.HTTP_2,
                HttpVersion.HTTP_1_1);
        TestProxy proxy =
            TestProxy.before(vertx, distrusting(upstream.port())).outage(outage).start()) {
      test.accept(proxy);
      assertThat(proxy.events.refusals).containsExactly("upstream-unreachable");
      assertThat(outage.isClosed()).as("the door is closed for others").isFalse();
      assertThat(outage.waiting()).isZero();
      proxy.expectRest();
    }
  }

  private static UpstreamConfig distrusting(int port) {
    return new UpstreamConfig(
        URI.create("https://127.0.0.1:" + port),
        TestAuthority.named("another").pem(),
        false,
        null,
        null,
        null);
  }

  @Test
  void isRefusedAtOnceWithARequest() {
    beforeSomebodyWhoIsNotBelieved(
        proxy -> {
          HttpClientResponse answer =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods?timeout=5s");
          assertThat(answer.statusCode()).isEqualTo(503);
          assertThat(answer.getHeader("Retry-After")).isNotNull();
        });
  }

  @Test
  void isRefusedAtOnceWithAnUpgrade() {
    beforeSomebodyWhoIsNotBelieved(
        proxy -> {
          try (RawClient client = new RawClient(proxy.port())) {
            client.send(UpgradeFixture.request("GET", "websocket"));
            assertThat(client.readHead()).startsWith("HTTP/1.1 503");
          }
        });
  }
}
