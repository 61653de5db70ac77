package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.FrameConnection;
import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.Http2Frame;
import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client says after its body reaches nobody. */
@Tag("S04")
class TrailerIT {
  private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  private static final String[] CLAIMS = {
    "x-remote-user: admin", "x-remote-group: admin", "impersonate-user: admin", "x-custom: admin"
  };

  private final Vertx vertx = Vertx.vertx();

  @SuppressWarnings("JdkObsolete") // read by the test's thread too
  private final StringBuffer received = new StringBuffer();

  private FakeUpstream upstream;
  private TestProxy proxy;

  @BeforeEach
  void start() {
    upstream =
        FakeUpstream.raw(
            vertx,
            socket ->
                socket.handler(
                    bytes -> {
                      received.append(bytes.toString(StandardCharsets.ISO_8859_1));
                      if (received.indexOf("\r\n0\r\n") >= 0) {
                        socket.write(ANSWER);
                      }
                    }));
    proxy = new TestProxy(vertx, upstream.port());
  }

  @AfterEach
  void stop() {
    proxy.expectRest();
    proxy.close();
    upstream.close();
    get(vertx.close());
  }

  /** What comes before its request asks for seats, and what is passed on as it comes. */
  enum Body {
    TAKEN("/api/v1/pods"),
    PASSED("/api/v1/namespaces/a/pods/b/proxy/c");

    private final String path;

    Body(String path) {
      this.path = path;
    }
  }

  private void expectTheBodyAndNoTrailer() {
    assertThat(received.toString()).contains("\r\n3\r\nabc\r\n0\r\n\r\n").doesNotContain("admin");
  }

  @ParameterizedTest
  @EnumSource
  void dropsTrailersOfHttp1(Body body) {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send(
          "POST %s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n".formatted(body.path)
              + "Connection: close\r\n\r\n3\r\nabc\r\n0\r\n"
              + String.join("\r\n", CLAIMS)
              + "\r\n\r\n");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 200");
    }
    expectTheBodyAndNoTrailer();
  }

  @ParameterizedTest
  @EnumSource
  void dropsTrailersOfHttp2(Body body) throws IOException {
    TlsClient client = new TlsClient(proxy.port()).protocols("h2");
    try (FrameConnection connection = FrameConnection.open(client, Map.of())) {
      connection
          .headers(
              1, false, ":method: POST", ":scheme: https", ":authority: a", ":path: " + body.path)
          .data(1, false, "abc".getBytes(StandardCharsets.US_ASCII))
          .headers(1, true, CLAIMS);
      Http2Frame answer = connection.await(Http2Frame.HEADERS);
      assertThat(answer).isNotNull();
      assertThat(connection.fields(answer).toString()).contains("200");
    }
    expectTheBodyAndNoTrailer();
  }
}
