package io.apfproxy.attack;

import static io.apfproxy.attack.Http2Attacks.get;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.attack.TlsClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;

/** Exchanges that begin as they should and do not end so. */
final class ExchangeAttacks {
  private static final int CREW = 4;
  private static final int STREAMS = 100;
  private static final int HALF_OPEN = 200;
  private static final String WATCH = "/api/v1/namespaces/shop/configmaps?watch=1";

  private static final String UPLOADS = "/api/v1/namespaces/default/configmaps";

  private ExchangeAttacks() {}

  static void watchStarts(Siege siege) throws InterruptedException {
    siege.crew(
        CREW,
        () -> {
          FrameConnection connection = siege.http2(Map.of());
          for (int i = 0; i < STREAMS && siege.goesOn(); i++) {
            connection.headers(2 * i + 1, true, get(WATCH, siege.authorization("watcher")));
          }
        });
  }

  /** Watches that come with a body of which the server takes no notice. */
  static void watchBodies(Siege siege) throws InterruptedException {
    TlsClient client = siege.client();
    byte[] request =
        bytes(
            ("GET " + WATCH + " HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n")
                + siege.authorization("watcher")
                + "\r\n\r\n"
                + "x".repeat(63 << 10));
    siege.crew(
        CREW,
        () -> {
          SSLSocket socket = siege.hold(client.connect());
          socket.getOutputStream().write(request);
          socket.getInputStream().readNBytes(12);
        });
  }

  /** Watches whose heads are as long as heads may be. */
  static void watchHeads(Siege siege) throws InterruptedException {
    List<String> lines = new ArrayList<>(List.of(get(WATCH, siege.authorization("watcher"))));
    for (int i = 0; i < 25; i++) {
      lines.add("x-long-" + i + ": " + "x".repeat(8_000));
    }
    siege.crew(
        CREW,
        () -> {
          FrameConnection connection = siege.http2(Map.of());
          for (int i = 0; i < STREAMS && siege.goesOn(); i++) {
            connection.headers(2 * i + 1, true, lines.toArray(String[]::new));
            siege.rest(Duration.ofMillis(10));
          }
        });
  }

  /** Bodies of watches that come byte by byte, as fast as they are taken. */
  static void tinyChunks(Siege siege) throws InterruptedException {
    TlsClient client = siege.client();
    byte[] head =
        bytes(
            ("GET " + WATCH + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n")
                + siege.authorization("watcher")
                + "\r\n\r\n");
    byte[] chunks = bytes("1\r\nx\r\n".repeat(2_000));
    siege.flood(
        CREW,
        () -> {
          SSLSocket socket = siege.hold(client.connect());
          socket.getOutputStream().write(head);
          while (siege.goesOn()) {
            socket.getOutputStream().write(chunks);
          }
        });
  }

  /** Watches that were open when the wire to their clients went dead. */
  static void halfOpenWatches(Siege siege) throws IOException, InterruptedException {
    TcpRelay relay = new TcpRelay(siege.port(), siege.address());
    TlsClient client = siege.kept(new TlsClient(relay.port()).timeout(Siege.PATIENCE).abrupt());
    String watch =
        "GET " + WATCH + " HTTP/1.1\r\nHost: a\r\n" + siege.authorization("watcher") + "\r\n\r\n";
    siege.hold(relay::close);
    siege.crew(
        1,
        () -> {
          if (siege.connections() > HALF_OPEN) {
            siege.rest(Duration.ofMillis(100));
            return;
          }
          SSLSocket socket = siege.hold(client.connect());
          socket.getOutputStream().write(bytes(watch));
          socket.getInputStream().read();
          relay.links().get(relay.links().size() - 1).freeze();
        });
    relay.freeze();
  }

  /** Uploads that upstream refuses by their head; their bodies never end. */
  static void earlyAnswers(Siege siege) throws InterruptedException {
    TlsClient client = siege.client();
    byte[] head =
        bytes(
            "POST "
                + UPLOADS
                + " HTTP/1.1\r\nHost: a\r\n"
                + "Content-Type: application/json\r\nContent-Length: 10000000\r\n\r\n"
                + "x".repeat(70_000)); // more than is read before seats are asked for
    siege.crew(
        CREW,
        () -> {
          SSLSocket socket = siege.hold(client.connect());
          try {
            socket.getOutputStream().write(head);
            socket.getInputStream().readNBytes(12);
          } catch (SocketTimeoutException e) {
            siege.owed();
            throw e;
          }
        });
  }

  /** A neighbour of the same level begins more bodies than it has seats, and ends none. */
  static void ghostUploads(Siege siege) throws InterruptedException {
    siege.flood(
        CREW,
        () -> {
          try (FrameConnection connection = siege.http2(Map.of())) {
            for (int i = 0; i < STREAMS; i++) {
              connection
                  .headers(
                      2 * i + 1,
                      false,
                      ":method: POST",
                      ":scheme: https",
                      ":authority: a",
                      ":path: " + UPLOADS,
                      "content-length: 20000",
                      siege.authorization(StrangerIT.UPLOADER))
                  .data(2 * i + 1, false, new byte[100]);
            }
            siege.rest(Duration.ofSeconds(2));
          }
        });
  }

  /** The same with more of them than is read before seats are asked for. */
  static void halfUploads(Siege siege) throws InterruptedException {
    TlsClient client = siege.client();
    byte[] half =
        bytes(
            ("POST " + UPLOADS + " HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n")
                + siege.authorization(StrangerIT.UPLOADER)
                + "\r\n\r\n"
                + "x".repeat(70_000));
    siege.flood(CREW, () -> siege.hold(client.connect()).getOutputStream().write(half));
  }

  /**
   * A neighbour of the same level asks for what takes the server as long as an upload that stands
   * still is borne: what flow control itself has the honest client wait for.
   */
  static void seconds(Siege siege) throws InterruptedException {
    TlsClient client = siege.client();
    byte[] request =
        bytes(
            ("GET " + StrangerIT.SECOND + " HTTP/1.1\r\nHost: a\r\n")
                + siege.authorization(StrangerIT.UPLOADER)
                + "\r\n\r\n");
    siege.flood(CREW, () -> siege.hold(client.connect()).getOutputStream().write(request));
  }

  /** More requests of one user than there are seats, whose client leaves before they get one. */
  static void queueAndLeave(Siege siege) throws InterruptedException {
    siege.flood(
        CREW,
        () -> {
          try (FrameConnection connection = siege.http2(Map.of())) {
            for (int i = 0; i < STREAMS; i++) {
              connection.headers(
                  2 * i + 1, true, get(StrangerIT.SLOW_LIST, siege.authorization("rusher")));
            }
            siege.rest(Duration.ofMillis(50));
          }
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
