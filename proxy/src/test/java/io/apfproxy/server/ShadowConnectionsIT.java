package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.GuardedTransport;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What a level in shadow lets pass lifts no bound on connections, nor on who resets or reads
 * nothing. Source: specification seeing.md V-39, security.md S62.
 */
@Tag("S62")
class ShadowConnectionsIT extends ShadowHoleFixture {
  private static final int ENHANCE_YOUR_CALM = 11;
  private static final int RESETS = 200;
  private static final int READERS = 8;
  private static final int LIST = 16 << 20;
  private static final int BUFFER = 1 << 20;
  private static final String ROOM = "response-buffer-bytes";

  private static FrameConnection connection(TestProxy proxy, Map<Integer, Integer> settings)
      throws IOException {
    return FrameConnection.open(
        new TlsClient(proxy.port()).protocols("h2").timeout(LONG).abrupt(), settings);
  }

  private static String[] head(String target) {
    return new String[] {":method: GET", ":scheme: https", ":authority: a", ":path: " + target};
  }

  @Test
  @Tag("S33")
  void endsTheConnectionOfAClientThatResetsAllItsRequests() {
    shadow(
        NONE,
        held::add,
        proxy -> {
          try (FrameConnection client = connection(proxy, Map.of())) {
            for (int i = 0; i <= RESETS; i++) {
              client.headers(2 * i + 1, true, head(TARGET)).reset(2 * i + 1, 8);
            }
            Http2Frame end = client.await(Http2Frame.GOAWAY);
            assertThat(end).isNotNull();
            assertThat(end.number(4)).isEqualTo(ENHANCE_YOUR_CALM);
            held.forEach(ShadowHoleFixture::answer); // what upstream still worked on
            await().atMost(LONG).until(() -> inLevel() == 0);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  @Tag("S53")
  void closesWhatAnAddressHasBeyondItsShare() {
    Vertx guarded = Vertx.builder().withTransport(new GuardedTransport(Transport.NIO)).build();
    shadow(
        guarded,
        new ConnectionLimits(2, 1, 0, 0, address -> false),
        NONE,
        held::add,
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          fill(client, 2); // on one connection
          try (RawClient second = new RawClient(proxy.port());
              Socket third = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            third.setSoTimeout((int) LONG.toMillis());
            assertThat(second).as("has the last place").isNotNull();
            assertThat(isClosed(third)).isTrue();
            assertThat(proxy.bound("connections-of-address").overflows().getAsLong()).isEqualTo(1);
            assertThat(held).as("those that would wait are on their way").hasSize(2);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    get(guarded.close());
  }

  private static boolean isClosed(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException open) {
      return false;
    } catch (SocketException reset) {
      return true;
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

  /** Those hold up who would wait, as they would have. */
  @Test
  @Tag("S54")
  void cutsOffWhoReadsNothingAndKeepsNoMoreOfIt() {
    shadow(
        new RequestLimits(0, 0, 0, 0, 0, 0, 128L << 20, BUFFER, 64L << 20),
        request -> {
          request.response().setChunked(true);
          write(request, LIST);
        },
        proxy -> {
          try (FrameConnection client =
              connection(proxy, Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0))) {
            for (int i = 0; i < READERS; i++) {
              client.headers(2 * i + 1, true, head(TARGET));
            }
            await().atMost(LONG).until(() -> proxy.events.held(Held.BLOCKED_RESPONSE) == READERS);
            assertThat(proxy.bound(ROOM).used().getAsLong()).isBetween(1L, (long) READERS * BUFFER);

            assertThat(client.await(Http2Frame.RST_STREAM)).isNotNull();
            assertThat(proxy.events.aborts).contains("slow-reader");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
          await().atMost(LONG).until(() -> proxy.bound(ROOM).used().getAsLong() == 0);
        });
  }
}
