package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Responses whose clients do not read. */
@Tag("H13")
@Tag("S37")
@Tag("S54")
class UnreadBytesIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String RULE = "unread-bytes";
  private static final int LIMIT = 1 << 20;
  private static final int LIST_BYTES = 100 << 10;
  private static final int STREAMS = 40;

  /** A long response alone is within it: 1 MiB may come in one turn, and a window after it. */
  private static final int LONG_LIMIT = 2 << 20;

  private static final int LONG_ONES = 10;
  private static final String LIST = "/api/v1/pods";
  private static final String LONG_LIST = "/api/v1/secrets";

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger served = new AtomicInteger();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    if (request.path().equals(LONG_LIST)) {
      request.response().setChunked(true);
      writeOn(request);
    } else {
      request.response().end(Buffer.buffer(new byte[LIST_BYTES]));
      served.incrementAndGet();
    }
  }

  private static void writeOn(HttpServerRequest request) {
    request.response().write(Buffer.buffer(new byte[16 << 10])).onSuccess(sent -> writeOn(request));
  }

  private TestProxy proxy(FakeUpstream upstream, long unreadBytes) {
    return TestProxy.before(vertx, upstream.port())
        .requests(new RequestLimits(0, 0, 0, 0, 0, 0, unreadBytes))
        .start();
  }

  private static Future<Buffer> body(HttpClient client, HttpMethod method, String target) {
    return client
        .request(method, target)
        .compose(request -> request.send().compose(HttpClientResponse::body));
  }

  private static FrameConnection windowZero(TestProxy proxy) throws IOException {
    return FrameConnection.open(
        new TlsClient(proxy.port()).protocols("h2").timeout(PATIENCE),
        Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0));
  }

  private static void ask(FrameConnection connection, int stream, String target)
      throws IOException {
    connection.headers(
        stream, true, ":method: GET", ":scheme: https", ":authority: a", ":path: " + target);
  }

  @Test
  void cutsOffTheEldestOfThoseThatWaitWhereTheyTakeMoreThanTheirRoom() throws IOException {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, LIMIT)) {
      try (FrameConnection greedy = windowZero(proxy)) {
        for (int i = 0; i < STREAMS; i++) {
          ask(greedy, 2 * i + 1, LIST);
          int asked = i + 1;
          await()
              .atMost(PATIENCE)
              .pollInterval(Duration.ofMillis(5))
              .until(() -> served.get() == asked && proxy.events.held(Held.EXCHANGE) == 0);
        }
        int fit = LIMIT / LIST_BYTES;
        for (int cut = 0; cut < STREAMS - fit; cut++) {
          assertThat(greedy.await(Http2Frame.RST_STREAM)).isNotNull();
        }
        assertThat(proxy.bound(RULE).overflows().getAsLong()).isBetween(STREAMS - fit + 0L, 40L);
        expectSomeWithin(LIMIT, proxy);

        Buffer honest = get(body(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, LIST));
        assertThat(honest.length()).isEqualTo(LIST_BYTES);
      }
      await().atMost(PATIENCE).until(() -> proxy.bound(RULE).used().getAsLong() == 0);
      proxy.expectRest();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void cutsOffLongResponsesOfClientsWhoseSocketsAreFull(HttpVersion version) throws IOException {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, LONG_LIMIT)) {
      List<AutoCloseable> open = new ArrayList<>();
      for (int i = 0; i < LONG_ONES; i++) {
        open.add(neverReads(proxy, version));
      }
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> proxy.bound(RULE).overflows().getAsLong() >= 2);
      await().atMost(PATIENCE).until(() -> proxy.events.aborts.contains(RULE));
      expectSomeWithin(LONG_LIMIT, proxy);

      for (AutoCloseable one : open) {
        closeQuietly(one);
      }
      await().atMost(PATIENCE).until(() -> proxy.bound(RULE).used().getAsLong() == 0);
      proxy.expectRest();
    }
  }

  private static AutoCloseable neverReads(TestProxy proxy, HttpVersion version) throws IOException {
    if (version == HttpVersion.HTTP_2) {
      FrameConnection connection =
          FrameConnection.open(
              new TlsClient(proxy.port()).protocols("h2").abrupt(),
              Map.of(FrameConnection.INITIAL_WINDOW_SIZE, Integer.MAX_VALUE));
      connection.credit(0, Integer.MAX_VALUE - 65_535);
      ask(connection, 1, LONG_LIST);
      return connection;
    }
    SSLSocket socket = new TlsClient(proxy.port()).abrupt().connect();
    String request = "GET " + LONG_LIST + " HTTP/1.1\r\nHost: a\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Soon: between who was cut off and who comes next there may be nothing for a moment. */
  private static void expectSomeWithin(int limit, TestProxy proxy) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(proxy.bound(RULE).used().getAsLong()).isBetween(1L, limit + 0L));
  }

  private static void closeQuietly(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception e) {
      // the proxy was first
    }
  }

  @Test
  void sendsItsOwnAnswersHoweverManyBytesWait() throws IOException {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, 1);
        FrameConnection greedy = windowZero(proxy)) {
      ask(greedy, 1, LIST);
      assertThat(greedy.await(Http2Frame.RST_STREAM)).isNotNull();
      HttpClient client = proxy.client(HttpVersion.HTTP_1_1);

      Buffer own = get(body(client, HttpMethod.TRACE, LIST));

      assertThat(own.toString()).contains("MethodNotAllowed");
      assertThat(proxy.bound(RULE).overflows().getAsLong()).isOne();
    }
  }
}
