package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.RequestHeadReader;
import io.apfproxy.config.RateLimit;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.limit.LimitReading;
import io.apfproxy.limit.Limiting;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Upgrades: what becomes a tunnel, what does not, and that nothing outlives it. */
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
class UpgradeTunnelIT {
  private static final String EXEC = "/api/v1/namespaces/a/pods/p/exec?command=sh";

  private static final String WEBSOCKET_101 =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

  private static final String SPDY_101 =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";

  private final Vertx vertx = Vertx.vertx();
  private final Queue<String> heads = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  /** Answers each request head; what follows it goes to the test. */
  private FakeUpstream upstream(String reply, BiConsumer<NetSocket, Buffer> afterwards) {
    return FakeUpstream.raw(
        vertx,
        socket -> {
          StringBuilder head = new StringBuilder();
          socket.handler(
              bytes -> {
                if (head.indexOf("\r\n\r\n") >= 0) {
                  afterwards.accept(socket, bytes);
                  return;
                }
                head.append(bytes.toString(StandardCharsets.ISO_8859_1));
                if (head.indexOf("\r\n\r\n") >= 0) {
                  heads.add(head.toString());
                  socket.write(reply);
                }
              });
        });
  }

  private static void echo(NetSocket socket, Buffer bytes) {
    socket.write(bytes);
    if (socket.writeQueueFull()) {
      socket.pause();
      socket.drainHandler(drained -> socket.resume());
    }
  }

  private static String request(String method, String protocol) {
    return method
        + " "
        + EXEC
        + " HTTP/1.1\r\nHost: proxy\r\nConnection: Upgrade\r\nUpgrade: "
        + protocol
        + "\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }

  @Tag("S45")
  @ParameterizedTest
  @CsvSource({"GET,websocket", "GET,SPDY/3.1", "POST,SPDY/3.1", "POST,websocket"})
  void tunnelsEightMebibytesBothWays(String method, String protocol) throws InterruptedException {
    byte[] bytes = new byte[8 << 20];
    new Random(2).nextBytes(bytes);
    String reply = protocol.equals("websocket") ? WEBSOCKET_101 : SPDY_101;
    try (FakeUpstream upstream = upstream(reply, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request(method, protocol));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101").contains("Upgrade: " + protocol);
        assertThat(proxy.events.held(Held.TUNNEL)).isEqualTo(1);
        Thread writer = new Thread(() -> client.send(bytes));
        writer.start();
        byte[] echoed = client.read(bytes.length);
        writer.join();
        assertThat(Arrays.equals(echoed, bytes)).isTrue();
      }
      assertThat(heads.element())
          .startsWith(method + " " + EXEC + " HTTP/1.1\r\nHost: 127.0.0.1:")
          .contains("Connection: Upgrade\r\nUpgrade: " + protocol)
          .contains("X-Stream-Protocol-Version: v4.channel.k8s.io");
      proxy.expectRest();
    }
  }

  /** L-21: what was read has passed, so it may be beyond by what is read at a time on each side. */
  @Test
  void letsBytesThroughAsFastAsTheirLimitAllows() throws InterruptedException {
    byte[] bytes = new byte[1 << 20];
    new Random(3).nextBytes(bytes);
    long rate = 2 << 20;
    long burst = 64 << 10;
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("cp").by("User").unit(RateLimit.BYTES).tokens(rate, "1s", burst, "0s")));
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        long begun = System.nanoTime();
        Thread writer = new Thread(() -> client.send(bytes));
        writer.start();
        byte[] echoed = client.read(bytes.length);
        double seconds = (System.nanoTime() - begun) / 1e9;
        writer.join();
        assertThat(Arrays.equals(echoed, bytes)).isTrue();
        assertThat(seconds).isGreaterThan((2.0 * bytes.length - burst - (256 << 10)) / rate);
        System.out.printf(
            "1 MiB there and back at 2 MiB/s, 64 KiB at once: %.3f s, by the law %.3f%n",
            seconds, (2.0 * bytes.length - burst) / rate);
      }
      proxy.expectRest();
      LimitReading reading = proxy.rateLimits.read().get(0);
      assertThat(reading.bytesIn()).isEqualTo(bytes.length);
      assertThat(reading.bytesOut()).isEqualTo(bytes.length);
    }
  }

  /** L-21: it waits for hours, and still an end is an end. */
  @Test
  void noticesAtOnceThatTheClientLeftWhileALimitHasItWait() {
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("cp").by("User").unit(RateLimit.BYTES).tokens(10, "1s", 65_536, "0s")));
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        client.send(new byte[40_000]);
        client.read(20_000);
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () -> {
                  LimitReading reading = proxy.rateLimits.read().get(0);
                  return reading.bytesIn() + reading.bytesOut() > 65_536;
                });
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> proxy.events.held(Held.TUNNEL) == 0);
      proxy.expectRest();
    }
  }

  /** What it sent before is not all read meanwhile, and the end comes behind it. */
  @Test
  void endsATunnelWhoseClientLeftWhileALimitHadItWait() {
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.rateLimits.apply(
          List.of(
              Limiting.of("cp")
                  .by("User")
                  .unit(RateLimit.BYTES)
                  .tokens(50_000, "1s", 65_536, "0s")));
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        client.send(new byte[80_000]);
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> proxy.rateLimits.read().get(0).bytesIn() > 65_536);
      }
      await().atMost(Duration.ofSeconds(30)).until(() -> proxy.events.held(Held.TUNNEL) == 0);
      proxy.expectRest();
    }
  }

  @Tag("S45")
  @Test
  void passesWhatTheUpstreamSaidLastBeforeItClosed() {
    byte[] last = new byte[1 << 20];
    Arrays.fill(last, (byte) 'x');
    try (FakeUpstream upstream =
            upstream(SPDY_101, (socket, bytes) -> socket.end(Buffer.buffer(last)));
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      client.send(request("POST", "SPDY/3.1"));
      client.readHead();
      client.send("go");
      assertThat(client.readToEnd()).hasSize(last.length);
      proxy.expectRest();
    }
  }

  @Test
  void passesBytesThatCameTogetherWithTheSwitch() {
    try (FakeUpstream upstream = upstream(SPDY_101 + "early", (socket, bytes) -> {});
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        client.readHead();
        assertThat(client.read(5)).asString().isEqualTo("early");
      }
      proxy.expectRest();
    }
  }

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
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  proxy.events.held(Held.UPSTREAM_STREAM) == 1
                      && proxy.events.responseBytes.get() > 0);

      Future<Void> stopped = proxy.server.shutdown(Duration.ofSeconds(60));

      assertThat(client.readToEnd()).endsWith("\r\n3\r\n{}\n\r\n0\r\n\r\n");
      await().atMost(Duration.ofSeconds(20)).until(stopped::isComplete);
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
        TestProxy proxy =
            new TestProxy(
                vertx,
                upstream.port(),
                Duration.ofSeconds(60),
                new RequestHeadReader(() -> ClientTrust.NONE, peer -> false)::read)) {
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

  /** A back end decides what it speaks; it may choose among several. */
  @ParameterizedTest
  @Tag("B7")
  @ValueSource(strings = {"foo", "bar, foo", "Foo/1, FOO"})
  void tunnelsAnyProtocolBehindTheSubresourceProxy(String asked) {
    String reply =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n";
    try (FakeUpstream upstream = upstream(reply, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(
            request("GET", asked).replace(EXEC, "/api/v1/namespaces/a/services/s:80/proxy/x"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 101").contains("Upgrade: foo\r\n");
        client.send("hello");
        assertThat(client.read(5)).asString().isEqualTo("hello");
      }
      assertThat(heads.element()).contains("Upgrade: " + asked + "\r\n");
      proxy.expectRest();
    }
  }

  @Test
  @Tag("B7")
  void tunnelsWhoseRequestHasAnEmptyBodyInChunks() {
    try (FakeUpstream upstream = upstream(SPDY_101, UpgradeTunnelIT::echo);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(
            request("POST", "SPDY/3.1")
                .replace("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n"));
        assertThat(heads).isEmpty();
        client.send("0\r\n\r\n");
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        client.send("hello");
        assertThat(client.read(5)).asString().isEqualTo("hello");
      }
      assertThat(heads.element())
          .contains("Content-Length: 0\r\n")
          .doesNotContainIgnoringCase("transfer-encoding");
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

  @Test
  void endsTheUpstreamSideWhenTheClientLeavesBeforeTheAnswer() {
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    try (FakeUpstream upstream =
            FakeUpstream.raw(
                vertx,
                socket -> {
                  opened.incrementAndGet();
                  socket.closeHandler(gone -> closed.incrementAndGet());
                });
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send(request("POST", "SPDY/3.1"));
        await().until(() -> proxy.events.held(Held.UPSTREAM_STREAM) == 1);
      }
      await().until(() -> closed.get() == 1);
      assertThat(opened.get()).isEqualTo(1);
      proxy.expectRest();
    }
  }
}
