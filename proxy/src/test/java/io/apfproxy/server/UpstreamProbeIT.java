package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameUpstream;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether requests would find their way is asked over the way that they take. */
@Tag("S84")
@Tag("S87")
class UpstreamProbeIT {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void findsItsWayOverOneConnectionAndSendsNoRequest(HttpVersion version) {
    AtomicInteger requests = new AtomicInteger();
    try (FakeUpstream upstream =
            FakeUpstream.http(vertx, request -> requests.incrementAndGet(), version);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      for (int i = 0; i < 5; i++) {
        get(proxy.server.probeUpstream());
      }
      assertThat(proxy.events.held(Held.UPSTREAM_CONNECTION)).isLessThanOrEqualTo(1);
      assertThat(requests).hasValue(0);
      proxy.expectRest();
    }
  }

  @Test
  void failsWhereNobodyShakesHands() {
    NetServer silent =
        get(vertx.createNetServer().connectHandler(socket -> {}).listen(0, "127.0.0.1"));
    try (TestProxy proxy = new TestProxy(vertx, silent.actualPort())) {
      assertThat(failed(proxy)).isTrue();
    }
  }

  @Test
  void failsOnAConnectionThatIsDeadAndThenMakesAnother() {
    try (FakeUpstream upstream =
            FakeUpstream.http(vertx, request -> request.response().end(), HttpVersion.HTTP_2);
        TcpRelay wire = new TcpRelay(upstream.port());
        TestProxy proxy = new TestProxy(vertx, wire.port())) {
      get(proxy.server.probeUpstream());

      wire.links().forEach(TcpRelay.Link::freeze);

      assertThat(failed(proxy)).isTrue();
      get(proxy.server.probeUpstream());
    }
  }

  @Test
  void leavesABusyConnectionAloneWhoseAnswerToPingIsLate() throws IOException {
    AtomicBoolean open = new AtomicBoolean(true);
    try (FrameUpstream upstream =
            FrameUpstream.start(
                request -> {
                  request.part(200, "[");
                  while (open.get()) {
                    request.on().data(request.stream(), false, new byte[] {' '});
                    TimeUnit.MILLISECONDS.sleep(100);
                  }
                  request.on().data(request.stream(), true, new byte[] {']'});
                });
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      upstream.acknowledging(false);
      Future<Buffer> slow =
          proxy
              .client(HttpVersion.HTTP_2)
              .request(HttpMethod.GET, "/api/v1/namespaces/a/pods/p")
              .compose(request -> request.send().compose(HttpClientResponse::body));
      await().atMost(Duration.ofSeconds(60)).until(() -> proxy.events.responseBytes.get() > 0);

      assertThat(failed(proxy)).isFalse();
      open.set(false);

      assertThat(get(slow).toString()).endsWith("]");
      assertThat(upstream.accepted()).isEqualTo(1);
    }
  }

  private static boolean failed(TestProxy proxy) {
    Future<Void> probe = proxy.server.probeUpstream();
    await().atMost(Duration.ofSeconds(60)).until(probe::isComplete);
    return probe.failed();
  }
}
