package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept of a response for a client that reads as it likes comes as it was sent (L-70). */
@Tag("S54")
class ResponseBufferIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int BYTES = 6 << 20;
  private static final int TRUNCATED_BYTES = 1 << 20;
  private static final String WHOLE = "/api/v1/pods";
  private static final String TRUNCATED = "/api/v1/secrets";
  private static final String LENGTH_KNOWN = "?length=known";

  private final Vertx vertx = Vertx.vertx();
  private final byte[] list = new byte[BYTES];

  ResponseBufferIT() {
    new Random(7).nextBytes(list);
  }

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (request.uri().endsWith(LENGTH_KNOWN)) {
      response.putHeader("Content-Length", "" + BYTES);
    } else {
      response.setChunked(true);
    }
    boolean truncated = request.path().equals(TRUNCATED);
    write(request, 0, truncated ? TRUNCATED_BYTES : BYTES, new Random(request.uri().hashCode()));
  }

  private void write(HttpServerRequest request, int at, int end, Random sizes) {
    if (at == end && end == BYTES) {
      request.response().end();
    } else if (at == end) {
      request.response().reset();
    } else {
      int next = Math.min(end, at + 1 + sizes.nextInt(60_000));
      request
          .response()
          .write(Buffer.buffer(list).slice(at, next))
          .onSuccess(sent -> write(request, next, end, sizes));
    }
  }

  private TestProxy proxy(FakeUpstream upstream, int buffer) {
    return TestProxy.before(vertx, upstream.port())
        .requests(new RequestLimits(0, 0, 0, 0, 0, 0, 0, buffer, 16L << 20))
        .start();
  }

  private static FrameConnection http2(TestProxy proxy, String target) throws IOException {
    FrameConnection connection =
        FrameConnection.open(
            new TlsClient(proxy.port()).protocols("h2").timeout(PATIENCE),
            Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0));
    return connection.headers(
        1, true, ":method: GET", ":scheme: https", ":authority: a", ":path: " + target);
  }

  /** Opens the window by random steps, some of which come late. */
  private static byte[] readByHttp2(TestProxy proxy, String target, Random random)
      throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (FrameConnection connection = http2(proxy, target)) {
      long open = 0;
      boolean ended = false;
      while (!ended) {
        if (open == 0) {
          pause(random);
          int step = 1 + random.nextInt(random.nextBoolean() ? 1_000_000 : 30_000);
          connection.credit(0, step).credit(1, step);
          open += step;
        }
        Http2Frame frame = connection.read();
        assertThat(frame).as("the connection ended early").isNotNull();
        assertThat(frame.type()).isNotEqualTo(Http2Frame.RST_STREAM);
        connection.acknowledge(frame);
        if (frame.type() == Http2Frame.DATA) {
          body.writeBytes(frame.content());
          open -= frame.payload().length;
          ended = frame.has(Http2Frame.END_STREAM);
          if (body.size() == BYTES && !ended) {
            open = 1; // the end takes no window
          }
        }
      }
    }
    return body.toByteArray();
  }

  private static SSLSocket http1(TestProxy proxy, String target) throws IOException {
    SSLSocket socket = new TlsClient(proxy.port()).timeout(PATIENCE).connect();
    String request = "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Reads pieces of random sizes, some of which late. */
  private static byte[] readByHttp1(TestProxy proxy, String target, Random random)
      throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (SSLSocket socket = http1(proxy, target)) {
      InputStream in = socket.getInputStream();
      byte[] piece = in.readNBytes(1);
      while (piece.length > 0) {
        all.writeBytes(piece);
        pause(random);
        piece = in.readNBytes(1 + random.nextInt(random.nextBoolean() ? 600_000 : 30_000));
      }
    }
    byte[] bytes = all.toByteArray();
    String head = new String(bytes, 0, 2_000, StandardCharsets.ISO_8859_1);
    int start = head.indexOf("\r\n\r\n") + 4;
    byte[] body = java.util.Arrays.copyOfRange(bytes, start, bytes.length);
    return head.substring(0, start).toLowerCase(java.util.Locale.ROOT).contains("chunked")
        ? unchunked(body)
        : body;
  }

  private static byte[] unchunked(byte[] body) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int line = at;
      while (body[line] != '\r') {
        line++;
      }
      int size = Integer.parseInt(new String(body, at, line - at, StandardCharsets.ISO_8859_1), 16);
      if (size == 0) {
        return whole.toByteArray();
      }
      whole.write(body, line + 2, size);
      at = line + 2 + size + 2;
    }
  }

  private static void pause(Random random) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(random.nextInt(20)); // a slow client is what it is about
  }

  @ParameterizedTest(name = "{0}, buffer {1} KiB, {2}")
  @CsvSource({
    "HTTP_2,0,",
    "HTTP_2,300,",
    "HTTP_2,300,?length=known",
    "HTTP_2,4096,",
    "HTTP_1_1,0,",
    "HTTP_1_1,300,?length=known",
    "HTTP_1_1,4096,",
    "HTTP_1_1,4096,?length=known"
  })
  void passesOnEveryByteInOrderHoweverItIsRead(HttpVersion version, int kibibytes, String query)
      throws Exception {
    String target = WHOLE + (query == null ? "" : query);
    try (FakeUpstream upstream =
            FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);
        TestProxy proxy = proxy(upstream, kibibytes << 10)) {
      Random random = new Random(kibibytes);
      byte[] body =
          version == HttpVersion.HTTP_2
              ? readByHttp2(proxy, target, random)
              : readByHttp1(proxy, target, random);

      assertThat(body.length).isEqualTo(BYTES);
      assertThat(body).isEqualTo(list);
      assertThat(proxy.events.aborts).isEmpty();
      await()
          .atMost(PATIENCE)
          .until(() -> proxy.bound("response-buffer-bytes").used().getAsLong() == 0);
      assertThat(proxy.events.held(Held.BLOCKED_RESPONSE)).isZero();
      proxy.expectRest();
    }
  }

  @Test
  void isReadToItsEndThoughTheProxyStops() throws Exception {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, BYTES * 2);
        FrameConnection client = http2(proxy, WHOLE)) {
      await()
          .atMost(PATIENCE)
          .until(() -> proxy.events.accounts.size() == 1 && proxy.events.held(Held.EXCHANGE) == 0);

      Future<Void> stopped = proxy.server.shutdown(Duration.ofMinutes(1));
      assertThat(client.await(Http2Frame.GOAWAY)).isNotNull();
      client.timeout(Duration.ofMillis(1_500)); // longer than who has all is waited for
      assertThatThrownBy(() -> client.await(Http2Frame.RST_STREAM))
          .isInstanceOf(SocketTimeoutException.class);
      client.timeout(PATIENCE);
      client
          .credit(0, BYTES)
          .credit(1, BYTES + 1); // Vert.x holds the end back at 0, though it is empty
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      Http2Frame frame = null;
      while (frame == null || !frame.has(Http2Frame.END_STREAM)) {
        frame = client.await(Http2Frame.DATA);
        assertThat(frame).isNotNull();
        body.writeBytes(frame.content());
      }

      assertThat(body.toByteArray()).isEqualTo(list);
      get(stopped);
    }
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({"HTTP_2,", "HTTP_2,?length=known", "HTTP_1_1,", "HTTP_1_1,?length=known"})
  void cutsOffWhatTheUpstreamDidNotEnd(HttpVersion version, String query) throws Exception {
    String target = TRUNCATED + (query == null ? "" : query);
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, 4 << 20)) {
      if (version == HttpVersion.HTTP_2) {
        try (FrameConnection client = http2(proxy, target)) {
          Http2Frame end = client.await(Http2Frame.RST_STREAM);
          assertThat(end).isNotNull();
        }
      } else {
        try (SSLSocket client = http1(proxy, target)) {
          await().atMost(PATIENCE).until(() -> !proxy.events.aborts.isEmpty());
          assertThat(ending(client)).doesNotEndWith("0\r\n\r\n").hasSizeLessThan(BYTES);
        }
      }
      assertThat(proxy.events.aborts).containsExactly("upstream-broken");
      await()
          .atMost(PATIENCE)
          .until(() -> proxy.bound("response-buffer-bytes").used().getAsLong() == 0);
      proxy.expectRest();
    }
  }

  /** All that comes until the connection ends, in whatever way. */
  private static String ending(SSLSocket socket) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (IOException cutOff) {
      // what came is there
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }
}
