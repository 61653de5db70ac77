package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.report.Account.End;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that ask for as many lists as their level has seats, and read none (L-70, L-71). What it
 * takes in time is printed, and asserted with {@code -Dapf.strict=true} on a quiet machine.
 */
@Tag("S54")
class SlowReaderIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONG = PATIENCE.multipliedBy(4);
  private static final boolean STRICT = Boolean.getBoolean("apf.strict");
  private static final int SEATS = 8;
  private static final String LIST = "/api/v1/pods";
  private static final String LONG_LIST = "/api/v1/secrets";
  private static final String OTHER = "/api/v1/nodes";
  private static final int LIST_BYTES = 1 << 20;
  private static final int LONG_LIST_BYTES = 16 << 20;
  private static final int BUFFER = 4 << 20;

  /** Which is soon full, on a busy machine too; a client that is silent for 40 s may be dropped. */
  private static final int SMALL_BUFFER = 1 << 20;

  private static final String ROOM = "response-buffer-bytes";
  private static final String UNREAD = "unread-bytes";

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static void serve(HttpServerRequest request) {
    request.response().setChunked(true);
    switch (request.path()) {
      case LIST -> write(request, LIST_BYTES);
      case LONG_LIST -> write(request, LONG_LIST_BYTES);
      default -> request.response().end("{}");
    }
  }

  private static void write(HttpServerRequest request, int left) {
    Buffer piece = Buffer.buffer(new byte[16 << 10]);
    if (left == 0) {
      request.response().end();
    } else {
      request.response().write(piece).onSuccess(sent -> write(request, left - piece.length()));
    }
  }

  private static RequestLimits limits(int buffer) {
    return new RequestLimits(0, 0, 0, 0, 0, 0, 128L << 20, buffer, 64L << 20);
  }

  private TestProxy proxy(FakeUpstream upstream, int buffer) {
    TestProxy proxy =
        TestProxy.before(vertx, upstream.port())
            .requestTimeout(LONG) // a quarter of it for who waits
            .requests(limits(buffer))
            .start();
    proxy.otherFlowControl = OneLevel.of(SEATS);
    return proxy;
  }

  /** Asks so often on as many streams, or connections, as it takes. */
  private static List<AutoCloseable> ask(TestProxy proxy, HttpVersion version, String target)
      throws IOException {
    List<AutoCloseable> open = new ArrayList<>();
    if (version == HttpVersion.HTTP_2) {
      FrameConnection connection =
          FrameConnection.open(
              new TlsClient(proxy.port()).protocols("h2").abrupt(),
              Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0));
      for (int i = 0; i < SEATS; i++) {
        connection.headers(
            2 * i + 1,
            true,
            ":method: GET",
            ":scheme: https",
            ":authority: a",
            ":path: " + target,
            "authorization: Bearer greedy");
      }
      open.add(connection);
      return open;
    }
    for (int i = 0; i < SEATS; i++) {
      SSLSocket socket = new TlsClient(proxy.port()).abrupt().connect();
      String request =
          "GET " + target + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer greedy\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      open.add(socket);
    }
    return open;
  }

  /** The upstream has sent all. */
  private static void awaitForwarded(TestProxy proxy) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> proxy.events.accounts.size() == SEATS && proxy.events.held(Held.EXCHANGE) == 0);
  }

  /** A time that all lists come in, as slow as this machine is. */
  private Duration enoughForLists(FakeUpstream upstream) throws IOException {
    try (TestProxy proxy = proxy(upstream, BUFFER)) {
      long asked = System.nanoTime();
      List<AutoCloseable> open = ask(proxy, HttpVersion.HTTP_2, LIST);
      awaitForwarded(proxy);
      long took = System.nanoTime() - asked;
      closeAll(open);
      return Duration.ofSeconds(6).plusNanos(3 * took);
    }
  }

  /** Milliseconds until another user has an answer. */
  private static long answerOf(TestProxy proxy) {
    AtomicLong cameAt = new AtomicLong();
    long asked = System.nanoTime();
    var answer =
        proxy
            .client(HttpVersion.HTTP_2)
            .request(HttpMethod.GET, OTHER)
            .map(request -> request.putHeader("Authorization", "Bearer other"))
            .compose(request -> request.send().compose(HttpClientResponse::body))
            .onComplete(any -> cameAt.set(System.nanoTime()));
    await().atMost(PATIENCE).until(() -> cameAt.get() != 0);
    assertThat(get(answer).toString()).isEqualTo("{}");
    return TimeUnit.NANOSECONDS.toMillis(cameAt.get() - asked);
  }

  private static void expectMemoryBack(TestProxy proxy) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(proxy.bound(ROOM).used().getAsLong()).isZero();
              assertThat(proxy.bound(UNREAD).used().getAsLong()).isZero();
              assertThat(proxy.events.held(Held.BLOCKED_RESPONSE)).isZero();
            });
    proxy.expectRest();
  }

  private static void closeAll(List<AutoCloseable> open) {
    for (AutoCloseable one : open) {
      try {
        one.close();
      } catch (Exception e) {
        // the proxy was first
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_2", "HTTP_1_1"})
  void keepNoSeatsOfListsThatFitIntoTheBuffer(HttpVersion version) throws IOException {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, SlowReaderIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, BUFFER)) {
      List<AutoCloseable> open = ask(proxy, version, LIST);
      awaitForwarded(proxy);

      long waited = answerOf(proxy);

      System.out.println("lists of 1 MiB, " + version + ": another user waited ms " + waited);
      if (STRICT) {
        assertThat(waited).isLessThanOrEqualTo(200);
      }
      if (version == HttpVersion.HTTP_2) { // else sockets hold it
        assertThat(proxy.bound(ROOM).used().getAsLong())
            .isBetween(SEATS * (LIST_BYTES / 2L), SEATS * (LIST_BYTES + (LIST_BYTES >> 4)) + 0L);
      }
      assertThat(proxy.events.aborts).isEmpty();
      closeAll(open);
      expectMemoryBack(proxy);
      if (version == HttpVersion.HTTP_2) {
        assertThat(proxy.events.seatNanosWon.get()).isPositive();
      }
    }
  }

  @Test
  void areCutOffWhileOthersWaitForTheirSeats() throws IOException {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, SlowReaderIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, SMALL_BUFFER)) {
      List<AutoCloseable> open = ask(proxy, HttpVersion.HTTP_2, LONG_LIST);
      await().atMost(PATIENCE).until(() -> proxy.events.held(Held.BLOCKED_RESPONSE) == SEATS);

      long waited = answerOf(proxy);

      System.out.println("lists of 16 MiB: another user waited ms " + waited);
      assertThat(waited).as("who may still read has his time").isGreaterThan(9_000);
      if (STRICT) {
        assertThat(waited).as("his time, and that the upstream notices").isLessThan(11_000);
      }
      assertThat(proxy.events.aborts).contains("slow-reader");
      assertThat(((FrameConnection) open.get(0)).await(Http2Frame.RST_STREAM)).isNotNull();
      assertThat(proxy.bound(ROOM).used().getAsLong())
          .isLessThanOrEqualTo(SEATS * SMALL_BUFFER + 0L);
      closeAll(open);
      expectMemoryBack(proxy);
    }
  }

  @Test
  void keepTheirSeatsWithoutABuffer() throws IOException {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, SlowReaderIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, 0)) {
      List<AutoCloseable> open = ask(proxy, HttpVersion.HTTP_2, LIST);

      await().atMost(PATIENCE).until(() -> proxy.events.held(Held.BLOCKED_RESPONSE) == SEATS);

      assertThat(proxy.bound(ROOM).used().getAsLong()).isZero();
      assertThat(proxy.events.held(Held.EXCHANGE)).isEqualTo(SEATS);
      closeAll(open);
      expectMemoryBack(proxy);
    }
  }

  @Test
  void areCutOffWhenTheTimeOfTheirRequestIsOver() throws IOException {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, SlowReaderIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy =
            TestProxy.before(vertx, upstream.port())
                .requestTimeout(enoughForLists(upstream))
                .requests(limits(BUFFER))
                .start()) {
      List<AutoCloseable> open = ask(proxy, HttpVersion.HTTP_2, LIST);
      awaitForwarded(proxy);
      assertThat(proxy.events.accounts).allMatch(account -> account.end() == End.FORWARDED);

      await().atMost(PATIENCE).until(() -> proxy.events.aborts.size() == SEATS);

      assertThat(proxy.events.aborts).containsOnly("deadline");
      expectMemoryBack(proxy);
      closeAll(open);
    }
  }
}
