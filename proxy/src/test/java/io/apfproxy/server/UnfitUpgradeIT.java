package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrades that become no tunnel: they are answered, served as ordinary or refused. */
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
class UnfitUpgradeIT extends UpgradeFixture {
  @Tag("S43")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 9\r\n\r\nforbidden",
        "Transfer-Encoding: chunked\r\n\r\n9\r\nforbidden\r\n0\r\n\r\n"
      })
  void passesARefusalOnWithItsBodyAndAnswersNothingElse(String rest) {
    AtomicInteger later = new AtomicInteger();
    try (FakeUpstream upstream =
            upstream(
                "HTTP/1.1 403 Forbidden\r\nAudit-Id: theirs\r\n" + rest,
                (socket, bytes) -> later.incrementAndGet());
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(request("GET", "websocket"));
      client.send("GET /version HTTP/1.1\r\nHost: proxy\r\n\r\n");
      String all = client.readToEnd();
      assertThat(all).startsWith("HTTP/1.1 403").contains("Audit-Id: theirs", "forbidden");
      assertThat(all.split("HTTP/1\\.1 ", -1)).hasSize(2);
      assertThat(heads).hasSize(1);
      assertThat(later.get()).isZero();
      proxy.expectRest();
    }
  }

  @Tag("S43")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void answers502WhenTheUpstreamDoesNotFit(String reply) {
    try (FakeUpstream upstream = upstream(reply, (socket, bytes) -> {});
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(request("GET", "websocket"));
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 502").contains("\"code\":502");
      proxy.expectRest();
    }
  }

  /** What is no switch is an answer, and the last one on its connection. */
  @Test
  @Tag("S43")
  @Tag("B7")
  void passesAnAnswerWithoutASwitchOnAndAnswersNothingElse() {
    AtomicInteger later = new AtomicInteger();
    try (FakeUpstream upstream =
            upstream(
                "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n"
                    + "Content-Length: 5\r\n\r\nplain",
                (socket, bytes) -> later.incrementAndGet());
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(request("GET", "websocket"));
      client.send("GET /version HTTP/1.1\r\nHost: proxy\r\n\r\n");
      String all = client.readToEnd();
      assertThat(all).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
      assertThat(all).endsWith("\r\n\r\nplain");
      assertThat(heads).hasSize(1);
      assertThat(later).hasValue(0);
      proxy.expectRest();
    }
  }

  @Test
  @Tag("S94")
  void endsAWatchBetweenEventsThatTheUpstreamDidNotUpgradeWhenTheProxyStops() {
    try (FakeUpstream upstream =
            upstream(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n",
                (socket, bytes) -> {});
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(
          "GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: proxy\r\nConnection: Upgrade\r\n"
              + "Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
              + "Sec-WebSocket-Version: 13\r\n\r\n");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  proxy.events.held(Held.UPSTREAM_STREAM) == 1
                      && proxy.events.responseBytes.get() > 0);

      Future<Void> stopped = proxy.server.shutdown(Duration.ofSeconds(60));

      assertThat(client.readToEnd()).endsWith("\r\n3\r\n{}\n\r\n0\r\n\r\n");
      await().atMost(Duration.ofSeconds(60)).until(stopped::isComplete);
      proxy.expectRest();
    }
  }

  /** As kube-apiserver does, which serves all these as if they had not asked. */
  @ParameterizedTest
  @Tag("S42")
  @Tag("S44")
  @Tag("B7")
  @CsvSource({
    "GET,websocket,/version",
    "GET,websocket,/api/v1/pods",
    "POST,websocket,/api/v1/namespaces",
    "POST,SPDY/3.1,/api/v1/namespaces/a/pods",
    "GET,SPDY/3.1,/api/v1/pods?watch=1",
    "GET,SPDY/3.1,/api/v1/namespaces/a/pods/p/log",
    "GET,foo,/api/v1/namespaces/a/pods/p/exec",
    "GET,h2c,/version",
    "GET,h2c,/api/v1/namespaces/a/pods/p/proxy/",
    "GET,'websocket, h2c',/api/v1/namespaces/a/pods/p/proxy/",
    "HEAD,websocket,/api/v1/namespaces/a/pods/p/proxy/"
  })
  void servesAsOrdinaryWhatTheServerWouldNotUpgrade(String method, String protocol, String target) {
    Queue<HttpServerRequest> seen = new ConcurrentLinkedQueue<>();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> {
                  seen.add(request);
                  request.response().end("ok");
                },
                HttpVersion.HTTP_1_1);
        TestProxy proxy = TestProxy.before(vertx, upstream.port()).allRulesOfHeads().start()) {
      try (RawClient client = new RawClient(proxy.port())) {
        for (int i = 0; i < 2; i++) {
          client.send(
              request(method, protocol)
                  .replace(EXEC, target)
                  .replace("\r\n\r\n", "\r\nContent-Length: 0\r\n\r\n"));
          assertThat(client.readHead())
              .startsWith("HTTP/1.1 200 OK\r\n")
              .doesNotContainIgnoringCase("connection: close");
          client.read(method.equals("HEAD") ? 0 : 2);
        }
      }
      assertThat(seen)
          .hasSize(2)
          .allMatch(request -> !request.headers().contains("Upgrade"))
          .allMatch(request -> !request.headers().contains("HTTP2-Settings"));
      proxy.expectRest();
    }
  }

  @Test
  @Tag("S43")
  void refusesToUpgradeARequestWithABody() {
    try (FakeUpstream upstream = upstream(SPDY_101, (socket, bytes) -> {});
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(
          request("POST", "SPDY/3.1")
              .replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n"));
      client.send("3\r\nGET\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      String all = client.readToEnd();
      assertThat(all).startsWith("HTTP/1.1 400");
      assertThat(all.split("HTTP/1\\.1 ", -1)).hasSize(2);
      assertThat(heads).isEmpty();
      proxy.expectRest();
    }
  }
}
