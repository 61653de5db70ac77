package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The head of a watch, of which nothing is kept once it has gone out. */
class WatchHeadIT extends ForwardingFixture {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String EVENT = "{\"type\":\"BOOKMARK\"}\n";
  private static final int WINDOW = 65_535;

  private static void hint(HttpServerRequest request) {
    HttpServerResponse response = request.response().setChunked(true);
    response
        .writeEarlyHints(HttpHeaders.headers().add("Link", "</a>; rel=preload"))
        .onSuccess(sent -> response.putHeader("Content-Type", "application/json").write(EVENT));
  }

  /** Behind hints, it waits for the client's window. */
  @Test
  void waitsWholeForAClientThatTakesNothingYet() {
    through(
        HttpVersion.HTTP_2,
        WatchHeadIT::hint,
        proxy -> {
          try (FrameConnection client =
              FrameConnection.open(
                  new TlsClient(proxy.port()).protocols("h2").timeout(PATIENCE).abrupt(),
                  Map.of(FrameConnection.INITIAL_WINDOW_SIZE, 0))) {
            client.headers(
                1,
                true,
                ":method: GET",
                ":scheme: https",
                ":authority: a",
                ":path: /api/v1/pods?watch=1");
            assertThat(fields(client)).contains(":status: 103");
            await().atMost(PATIENCE).until(() -> proxy.events.watchPieces.get() == 1);

            client.credit(1, WINDOW);

            assertThat(fields(client)).contains(":status: 200", "content-type: application/json");
            Http2Frame data = client.await(Http2Frame.DATA);
            assertThat(data).isNotNull();
            assertThat(new String(data.content(), StandardCharsets.US_ASCII)).isEqualTo(EVENT);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static List<String> fields(FrameConnection client) throws IOException {
    Http2Frame head = client.await(Http2Frame.HEADERS);
    assertThat(head).isNotNull();
    return client.fields(head).stream().map(field -> field.name() + ": " + field.value()).toList();
  }
}
