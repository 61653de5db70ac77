package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that keep to the frames of HTTP/2 and to nothing else. */
class HostileFramesIT {
  private static final int PROTOCOL_ERROR = 1;
  private static final int REFUSED_STREAM = 7;
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int STREAMS = 250;
  private static final int STREAM_WINDOW = 32 << 10;
  private static final int RESETS = 200;
  private static final byte[] CANCEL = {0, 0, 0, 8};

  private static final Vertx VERTX = Vertx.vertx();
  private static final Queue<HttpServerRequest> HELD = new ConcurrentLinkedQueue<>();
  private static FakeUpstream upstream;
  private static TestProxy proxy;
  private static volatile String number = "0";

  @BeforeAll
  static void start() {
    upstream = FakeUpstream.http(VERTX, HostileFramesIT::hold, HttpVersion.HTTP_2);
    proxy = new TestProxy(VERTX, upstream.port());
  }

  @AfterAll
  static void stop() {
    proxy.close();
    TestProxy.get(VERTX.close());
  }

  @BeforeEach
  void numberTheTest() {
    number = String.valueOf(Integer.parseInt(number) + 1);
  }

  /** A stream that was reset is seen late if at all, and is then another test's. */
  private static void hold(HttpServerRequest request) {
    String test = request.getParam("test");
    if (test == null || test.equals(number)) {
      HELD.add(request);
    } else {
      answer(request);
    }
  }

  private static String[] get() {
    return new String[] {
      ":method: GET", ":scheme: https", ":authority: a", ":path: /api/v1/pods?test=" + number
    };
  }

  @AfterEach
  void nothingIsLeft() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              HELD.forEach(HostileFramesIT::answer);
              return proxy.events.held(Held.EXCHANGE) == 0;
            });
    proxy.expectRest();
    HELD.clear();
  }

  private static void answer(HttpServerRequest held) {
    if (!held.response().ended() && !held.response().closed()) {
      held.response().end("{}");
    }
  }

  private static FrameConnection open() throws IOException {
    return FrameConnection.open(
        new TlsClient(proxy.port()).protocols("h2").timeout(Duration.ofSeconds(60)), Map.of());
  }

  /** Reads to the end of the connection; the code of its GOAWAY, or -1 if it had none. */
  private static int goAway(FrameConnection connection) throws IOException {
    Http2Frame frame = connection.await(Http2Frame.GOAWAY);
    int code = frame == null ? -1 : frame.number(4);
    while (frame != null) {
      frame = connection.read();
    }
    return code;
  }

  @Test
  @Tag("S33")
  void endsTheConnectionOfAClientThatResetsAllItsRequests() throws IOException {
    try (FrameConnection client = open()) {
      for (int i = 0; i <= RESETS; i++) {
        int stream = 2 * i + 1;
        client.headers(stream, true, get()).reset(stream, 8);
      }
      assertThat(goAway(client)).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  @Tag("S33")
  void beginsNoRequestWhoseResetCameWithIt() throws IOException {
    proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
    int cancelled = proxy.flowControl.cancelled.get();
    try (FrameConnection client = open()) {
      List<Http2Frame> batch = new ArrayList<>();
      for (int i = 0; i < RESETS / 2; i++) {
        int stream = 2 * i + 1;
        batch.addAll(FrameConnection.headerFrames(stream, true, Http2Frame.LONGEST, get()));
        batch.add(new Http2Frame(Http2Frame.RST_STREAM, 0, stream, CANCEL));
      }
      client.send(batch);
      client.headers(RESETS + 1, true, get());
      await().until(() -> proxy.flowControl.waiting.size() == 1);
      assertThat(proxy.flowControl.cancelled).hasValue(cancelled);
      proxy.flowControl.waiting.element().execute();
      await().until(() -> !HELD.isEmpty());
      answer(HELD.element());
      assertThat(client.await(Http2Frame.HEADERS).stream()).isEqualTo(RESETS + 1);
    } finally {
      proxy.flowControl.answer = FakeFlowControl.Answer.EXECUTE;
    }
  }

  @Test
  @Tag("S50")
  void answersEachOfManyRequestsThatComeAtOnceWithoutAPath() throws IOException {
    try (FrameConnection client = open()) {
      List<Http2Frame> batch = new ArrayList<>();
      for (int i = 0; i < RESETS / 2; i++) {
        batch.addAll(
            FrameConnection.headerFrames(
                2 * i + 1, true, Http2Frame.LONGEST, ":method: CONNECT", ":authority: a"));
      }
      client.send(batch);
      for (int i = 0; i < RESETS / 2; i++) {
        assertThat(client.await(Http2Frame.HEADERS)).isNotNull();
      }
    }
    assertThat(HELD).isEmpty();
  }

  @Test
  @Tag("S33")
  void endsTheConnectionOfAClientThatMakesItReset() throws IOException {
    try (FrameConnection client = open()) {
      for (int i = 0; i <= RESETS; i++) {
        client.headers(2 * i + 1, true, get()).credit(2 * i + 1, 0); // an error of the stream
      }
      assertThat(goAway(client)).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  @Tag("S34")
  void endsTheConnectionOfAHeadInEndlessParts() throws IOException {
    try (FrameConnection client = open()) {
      client.send(FrameConnection.headerFrames(1, true, 1, get()));
      assertThat(goAway(client)).isEqualTo(ENHANCE_YOUR_CALM);
    }
    assertThat(HELD).isEmpty();
  }

  @Test
  @Tag("S31")
  @Tag("S34")
  void refusesAHeadBeyondTheBound() throws IOException {
    List<String> lines = new ArrayList<>(List.of(get()));
    for (int i = 0; i < 20; i++) {
      lines.add("x-" + i + ": " + "a".repeat(15_000));
    }
    try (FrameConnection client = open()) {
      client.headers(1, true, lines.toArray(String[]::new));
      Http2Frame answer = client.await(Http2Frame.HEADERS);
      assertThat(client.fields(answer))
          .anySatisfy(
              field -> {
                assertThat(field.name()).isEqualTo(":status");
                assertThat(field.value()).isEqualTo("431");
              });
    }
    assertThat(HELD).isEmpty();
  }

  @Test
  @Tag("S35")
  void endsTheConnectionOfAClientThatAsksAndReadsNothing() throws Exception {
    List<Http2Frame> pings =
        Collections.nCopies(100, new Http2Frame(Http2Frame.PING, 0, 0, new byte[8]));
    try (FrameConnection client = open()) {
      CompletableFuture<Boolean> flood =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  while (!Thread.currentThread().isInterrupted()) {
                    client.send(pings);
                  }
                  return false;
                } catch (IOException ended) {
                  return true;
                }
              });
      // what comes while the connection is being ended is read and dropped, for ten seconds at most
      assertThat(flood.get(60, TimeUnit.SECONDS)).as("the connection ended").isTrue();
    }
  }

  @Test
  @Tag("S35")
  void endsTheConnectionOfABodyOfEmptyPieces() throws IOException {
    try (FrameConnection client = open()) {
      client.headers(1, false, ":method: POST", ":scheme: https", ":authority: a", ":path: /api");
      for (int i = 0; i < 10; i++) {
        client.data(1, false, new byte[0]);
      }
      assertThat(goAway(client)).isEqualTo(ENHANCE_YOUR_CALM);
    }
  }

  @Test
  @Tag("S36")
  void refusesAStreamBeyondTheAnnouncedNumber() throws IOException {
    try (FrameConnection client = open()) {
      for (int i = 0; i <= STREAMS; i++) {
        client.headers(2 * i + 1, true, get());
      }
      Http2Frame refused = client.await(Http2Frame.RST_STREAM);
      assertThat(refused.stream()).isEqualTo(2 * STREAMS + 1);
      assertThat(refused.number(0)).isEqualTo(REFUSED_STREAM);
      await().untilAsserted(() -> assertThat(HELD).hasSize(STREAMS));
    }
  }

  @Test
  @Tag("S41")
  void hasRoomForTheWindowsOfAllStreams() throws IOException {
    try (FrameConnection client = open()) {
      client.ping();
      int streams = 0;
      int window = 0;
      int all = 65_535;
      for (Http2Frame frame = client.read();
          frame.type() != Http2Frame.PING;
          frame = client.read()) {
        if (frame.type() == Http2Frame.WINDOW_UPDATE && frame.stream() == 0) {
          all += frame.number(0);
        }
        if (frame.type() == Http2Frame.SETTINGS && !frame.has(Http2Frame.ACK)) {
          streams = setting(frame, FrameConnection.MAX_CONCURRENT_STREAMS);
          window = setting(frame, FrameConnection.INITIAL_WINDOW_SIZE);
        }
      }
      assertThat(streams).isEqualTo(STREAMS);
      assertThat(window).isEqualTo(STREAM_WINDOW);
      assertThat(all).isGreaterThanOrEqualTo(streams * window);
    }
  }

  private static int setting(Http2Frame settings, int id) {
    for (int at = 0; at < settings.payload().length; at += 6) {
      int pair = settings.number(at) >>> 16;
      if (pair == id) {
        return settings.number(at + 2);
      }
    }
    return -1;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection: close",
        "upgrade: websocket",
        "transfer-encoding: chunked",
        "te: gzip",
        "Upper: case",
        ":path: /api/v1/secrets",
        ":method: GET",
        ":unknown: a",
        ":protocol: websocket",
        "keep-alive: timeout=5",
        "proxy-connection: close",
        "x y: blank in the name"
      })
  @Tag("S39")
  void forwardsNothingOfAnIllegalHead(String line) throws IOException {
    List<String> lines = new ArrayList<>(List.of(get()));
    lines.add(line);
    try (FrameConnection client = open()) {
      client.headers(1, true, lines.toArray(String[]::new));
      Http2Frame reset = client.await(Http2Frame.RST_STREAM);
      assertThat(reset.number(0)).isEqualTo(PROTOCOL_ERROR);
    }
    assertThat(HELD).isEmpty();
  }

  @Test
  @Tag("S39")
  void forwardsNothingOfAHeadWithALatePseudoHeader() throws IOException {
    try (FrameConnection client = open()) {
      client.headers(
          1, true, ":method: GET", ":scheme: https", ":authority: a", "x: b", ":path: /api");
      assertThat(client.await(Http2Frame.RST_STREAM).number(0)).isEqualTo(PROTOCOL_ERROR);
    }
    assertThat(HELD).isEmpty();
  }
}
