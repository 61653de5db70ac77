package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What browsers read, and what they must not be made to do. Specification seeing.md V-66 to V-68;
 * security.md S78, S81.
 */
class EventStreamsIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String EVENTS = "/debug/apf-proxy/events?topics=levels";
  private static final String MEGABYTE = "\"much\":\"" + "m".repeat(1 << 20) + "\"";

  private final FakePages pages = new FakePages();
  private final FakeFeed feed = pages.feed;

  @RegisterExtension private final RunningAdmin admin = RunningAdmin.plain(pages, AdminDoor.NONE);

  private final AdminServer server = admin.server();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket ask(String path, String... headers) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout((int) LONG.toMillis());
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), admin.port()));
    write(socket, path, headers);
    return socket;
  }

  private void write(Socket socket, String path, String... headers) throws IOException {
    String head =
        "GET "
            + path
            + " HTTP/1.1\r\nHost: localhost:"
            + admin.port()
            + "\r\n"
            + String.join("", headers)
            + "\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private int code(String path, String... headers) throws IOException {
    return Integer.parseInt(reader(ask(path, headers)).readLine().substring(9, 12));
  }

  private static String line(BufferedReader reader, String beginning) throws IOException {
    String line = reader.readLine();
    while (line != null && !line.startsWith(beginning)) {
      line = reader.readLine();
    }
    assertThat(line).as("a line with " + beginning).isNotNull();
    return line;
  }

  @Test
  void saysAllFirstAndThenWhatChanges() throws IOException {
    BufferedReader reader = reader(ask(EVENTS));

    assertThat(line(reader, "event: ")).isEqualTo("event: hello");
    assertThat(line(reader, "data: ")).isEqualTo("data: {\"all\":0}");
    feed.tick("\"all\":1", "\"changed\":1");
    assertThat(line(reader, "event: ")).isEqualTo("event: tick");
    assertThat(line(reader, "data: ")).isEqualTo("data: {\"changed\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?topics=",
        "?topics=users",
        "?topics=levels,users",
        "?topics=levels:x",
        "?topics=refusals:x",
        "?topics=queues",
        "?topics=top:user",
        "?topics=top:users:1m:requests",
      })
  void refusesTopicsThatItDoesNotKnow(String query) throws IOException {
    assertThat(code("/debug/apf-proxy/events" + query)).isEqualTo(400);
    assertThat(feed.listeners).isEmpty();
  }

  @Test
  @Tag("S81")
  void refusesTheNinthTopic() throws IOException {
    String topics = "queues:1,queues:2,queues:3,queues:4,queues:5,queues:6,queues:7,queues:8";

    assertThat(code("/debug/apf-proxy/events?topics=" + topics)).isEqualTo(200);
    assertThat(code("/debug/apf-proxy/events?topics=" + topics + ",levels")).isEqualTo(429);
  }

  @Test
  @Tag("S81")
  void refusesTheFiftyFirstStreamUntilAnotherEnds() throws IOException {
    List<Socket> open = new ArrayList<>();
    for (int i = 0; i < AdminServer.MOST_STREAMS; i++) {
      Socket socket = ask(EVENTS);
      line(reader(socket), "event: hello");
      open.add(socket);
    }

    assertThat(server.streams()).isEqualTo(AdminServer.MOST_STREAMS);
    assertThat(code(EVENTS)).isEqualTo(429);
    assertThat(server.streamsRefused()).isEqualTo(1);
    open.get(0).close();
    await().atMost(LONG).until(() -> server.streams() == AdminServer.MOST_STREAMS - 1);
    assertThat(code(EVENTS)).isEqualTo(200);
  }

  /** Their requests come in one turn of the event loop, and its next ones open the streams. */
  @Test
  @Tag("S81")
  void refusesTheFiftyFirstOfThoseThatComeAtOnce() throws Exception {
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < AdminServer.MOST_STREAMS + 5; i++) {
      all.add(askedBefore());
    }

    inOneTurn(
        () -> {
          for (Socket socket : all) {
            write(socket, EVENTS);
          }
        });

    int refused = 0;
    for (Socket socket : all) {
      refused += line(reader(socket), "HTTP/1.1 ").startsWith("HTTP/1.1 429") ? 1 : 0;
    }
    assertThat(refused).isEqualTo(5);
    assertThat(server.streams()).isEqualTo(AdminServer.MOST_STREAMS);
    assertThat(server.streamsRefused()).isEqualTo(5);
  }

  private Socket askedBefore() throws IOException {
    Socket socket = ask("/debug/apf-proxy/state");
    line(reader(socket), "{");
    return socket;
  }

  private interface Writing {
    void run() throws IOException;
  }

  /** Has all that is written be there when the event loop comes to look. */
  private void inOneTurn(Writing writing) throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch written = new CountDownLatch(1);
    pages.checking =
        () -> {
          entered.countDown();
          awaitQuietly(written);
        };
    ask("/readyz");
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    writing.run();
    written.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @Tag("S81")
  void whoDoesNotReadMissesTicksAndIsToldAllAfterwards() throws IOException {
    BufferedReader reader = reader(ask(EVENTS));
    line(reader, "event: hello");

    int written = -1; // all but the one that is missed
    while (server.ticksMissed() == 0) {
      feed.tick(MEGABYTE, MEGABYTE);
      assertThat(code("/livez")).as("the event loop has come to it").isEqualTo(200);
      written++;
    }
    for (int i = 0; i < written; i++) {
      assertThat(line(reader, "data: {\"much\"")).hasSizeGreaterThan(1 << 20);
      assertThat(reader.readLine()).as("the end of what was written").isEmpty();
    }
    assertThat(code("/livez")).as("it has seen that there is room").isEqualTo(200);
    feed.tick("\"all\":2", "\"changed\":2");

    assertThat(line(reader, "data: ")).isEqualTo("data: {\"all\":2,\"missed\":1}");
    assertThat(server.streams()).isEqualTo(1);
  }

  @Test
  @Tag("S81")
  void whoDoesNotReadAtAllIsCutOff() throws IOException {
    line(reader(ask(EVENTS)), "event: hello");

    await()
        .atMost(LONG)
        .until(
            () -> {
              feed.tick(MEGABYTE, MEGABYTE);
              return server.streams() == 0;
            });
    assertThat(server.ticksMissed()).isGreaterThanOrEqualTo(EventStreams.LONGEST_UNREAD);
    assertThat(feed.listeners).isEmpty();
  }

  @ParameterizedTest
  @Tag("S78")
  @CsvSource({
    "Origin: http://evil.example, 403",
    "Origin: null, 403",
    "Origin: https://localhost:%d, 403",
    "Origin: http://localhost:1, 403",
    "Origin: http://localhost:%d, 200",
    "Sec-Fetch-Site: cross-site, 403",
    "Sec-Fetch-Site: same-site, 403",
    "Sec-Fetch-Site: same-origin, 200",
    "Sec-Fetch-Site: none, 200",
  })
  void otherSitesGetNothing(String header, int code) throws IOException {
    String line = header.replace("%d", Integer.toString(admin.port())) + "\r\n";

    for (String path :
        List.of("/ui/", "/ui/app.js", "/debug/apf-proxy/state", EVENTS, "/metrics")) {
      assertThat(code(path, line)).as(path).isEqualTo(code);
    }
  }

  @ParameterizedTest
  @Tag("S78")
  @ValueSource(strings = {"/ui/", "/ui/style.css", "/ui/nothing", "/debug/apf-proxy/state", EVENTS})
  void eachAnswerForbidsWhatThePageDoesNotNeed(String path) throws IOException {
    BufferedReader reader = reader(ask(path));
    List<String> head = new ArrayList<>();
    for (String line = reader.readLine(); !line.isEmpty(); line = reader.readLine()) {
      head.add(line);
    }

    assertThat(head)
        .anyMatch(
            line ->
                line.matches(
                    "(?i)content-security-policy: default-src 'none'; .*trusted-types 'none'"))
        .anyMatch(line -> line.equalsIgnoreCase("x-content-type-options: nosniff"))
        .anyMatch(line -> line.equalsIgnoreCase("referrer-policy: no-referrer"))
        .anyMatch(line -> line.equalsIgnoreCase("cross-origin-opener-policy: same-origin"))
        .anyMatch(line -> line.equalsIgnoreCase("cross-origin-resource-policy: same-origin"))
        .noneMatch(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("set-cookie"));
  }

  @Test
  void aFileThatIsKnownIsNotSentAgain() throws IOException {
    BufferedReader reader = reader(ask("/ui/app.js"));
    String tag = line(reader, "ETag: ").substring(6);

    assertThat(tag).matches("\"[0-9a-f]{64}\"");
    assertThat(code("/ui/app.js", "If-None-Match: " + tag + "\r\n")).isEqualTo(304);
    assertThat(code("/ui/style.css", "If-None-Match: " + tag + "\r\n")).isEqualTo(200);
  }

  @Test
  void stateAndQueuesAreJson() throws IOException {
    assertThat(line(reader(ask("/debug/apf-proxy/state")), "{")).isEqualTo("{\"version\":1}");
    assertThat(line(reader(ask("/debug/apf-proxy/queues?level=there")), "{"))
        .isEqualTo("{\"queues\":{}}");
    assertThat(code("/debug/apf-proxy/queues?level=gone")).isEqualTo(404);
    assertThat(code("/debug/apf-proxy/queues")).isEqualTo(400);
  }
}
