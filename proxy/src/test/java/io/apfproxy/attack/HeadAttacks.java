package io.apfproxy.attack;

import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.Http1WireClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLSocket;

/** Request heads that are large, slow, without end, or no heads. */
final class HeadAttacks {
  private static final int CREW = 4;
  private static final int LARGE_CREW = 40;
  private static final String BEGIN = "GET /api/v1/pods HTTP/1.1\r\nHost: a\r\n";
  private static final int LARGE = 250 * 1024;
  private static final int MOST = 3200;

  private HeadAttacks() {}

  static void large(Siege siege) throws InterruptedException {
    partial(siege, "X-Large: " + "x".repeat(LARGE));
  }

  static void tinyFields(Siege siege) throws InterruptedException {
    partial(siege, "a: b\r\n".repeat(LARGE / 6));
  }

  /** As many connections as there is time for, each with a head that may lack its end. */
  private static void partial(Siege siege, String most) throws InterruptedException {
    TlsClient client = siege.client();
    byte[] bytes = bytes(BEGIN + most);
    siege.flood(
        CREW,
        () -> {
          if (siege.connections() < MOST) {
            siege.hold(client.connect()).getOutputStream().write(bytes);
          } else {
            siege.rest(Duration.ofMillis(100));
          }
        });
  }

  /** Good ones, whose connections stay open. */
  static void longLines(Siege siege) throws InterruptedException {
    partial(siege, "X-Large: " + "x".repeat(LARGE) + "\r\n\r\n");
  }

  static void slow(Siege siege) throws InterruptedException {
    TlsClient client = siege.client();
    Queue<SSLSocket> open = new ConcurrentLinkedQueue<>();
    siege.crew(
        CREW,
        () -> {
          if (siege.connections() < MOST) {
            SSLSocket socket = siege.hold(client.connect());
            socket.getOutputStream().write(bytes(BEGIN + "X-Slow: "));
            open.add(socket);
          } else {
            siege.rest(Duration.ofSeconds(1));
          }
          SSLSocket eldest = open.poll();
          if (eldest != null) {
            eldest.getOutputStream().write('x');
            open.add(eldest);
          }
        });
  }

  static void queryPairs(Siege siege) throws InterruptedException {
    String target = "/api/v1/namespaces?" + "a=b&".repeat(8191) + "a=b";
    siege.crew(CREW, () -> hotLoop(siege, target, List.of()));
  }

  /** Each of which is a string of its own for whoever takes a path apart. */
  static void pathSegments(Siege siege) throws InterruptedException {
    oneAfterTheOther(
        siege,
        "GET /api/v1/namespaces/shop/configmaps"
            + "/a".repeat(60_000)
            + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  /** A line that is taken apart, and kept for whom it is for. */
  static void listMembers(Siege siege) throws InterruptedException {
    oneAfterTheOther(
        siege, BEGIN + "Sec-WebSocket-Protocol: a" + ",a".repeat(100_000) + "\r\n\r\n");
  }

  /** Requests that wait for no answer, on many connections. */
  private static void oneAfterTheOther(Siege siege, String request) throws InterruptedException {
    TlsClient client = siege.client();
    byte[] bytes = bytes(request);
    siege.flood(
        LARGE_CREW,
        () -> {
          SSLSocket socket = siege.hold(client.connect());
          while (siege.goesOn()) {
            socket.getOutputStream().write(bytes);
            siege.acted();
          }
        });
  }

  /** Requests on one connection until the proxy ends it or the time is over. */
  static void hotLoop(Siege siege, String target, List<String> headers) throws IOException {
    try (Http1WireClient client = siege.http1(null)) {
      while (siege.goesOn()) {
        client.exchange("GET", target, headers, new byte[0]);
        siege.acted();
      }
    } catch (SocketTimeoutException e) {
      siege.owed();
      throw e;
    }
  }

  static void garbage(Siege siege) throws InterruptedException {
    byte[] noise = new byte[4096];
    new Random(1).nextBytes(noise);
    List<byte[]> lines =
        List.of(
            bytes("GET / HTTP/1.0\r\n\r\n"),
            bytes("GET / HTTP/9.9\r\n\r\n"),
            bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            bytes("\r\n".repeat(2000)),
            bytes("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
            bytes("GET http:// HTTP/1.1\r\nHost: a\r\n\r\n"),
            bytes("G".repeat(200_000)),
            noise);
    TlsClient client = siege.client().timeout(Duration.ofMillis(200));
    siege.crew(
        CREW,
        () -> {
          for (byte[] line : lines) {
            try (SSLSocket socket = siege.hold(client.connect())) {
              socket.getOutputStream().write(line);
              socket.getInputStream().readNBytes(4096);
            } catch (IOException e) {
              // cut off or left to wait: both are right
            }
          }
        });
  }

  static void adminEscape(Siege siege) throws InterruptedException {
    siege.crew(
        CREW,
        () -> {
          for (String target : List.of("/readyz?%zz", "/metrics?%zz", "/livez?a=%", "/%zz")) {
            askAdmin(siege, target);
          }
        });
  }

  private static void askAdmin(Siege siege, String target) throws IOException {
    try (Socket socket =
        siege.hold(
            new Socket(
                InetAddress.getLoopbackAddress(),
                siege.adminPort(),
                InetAddress.getByName(siege.address()),
                0))) {
      socket.setSoTimeout((int) Siege.PATIENCE.toMillis());
      socket
          .getOutputStream()
          .write(bytes("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
      socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      siege.owed();
      throw e;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
