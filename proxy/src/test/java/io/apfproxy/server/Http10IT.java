package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.http.HttpServerRequest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of HTTP/1.0, such as HAProxy's health checks and nginx without further settings. */
@Tag("B1")
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
class Http10IT {
  private static WireScene scene;
  private static TestProxy proxy;
  private static final Queue<HttpServerRequest> open = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    scene = new WireScene(Http10IT::answer);
    proxy = scene.proxy;
  }

  private static void answer(HttpServerRequest request) {
    if (request.uri().contains("watch")) {
      request.response().writeHead();
      open.add(request);
    } else {
      request.bodyHandler(body -> request.response().end("ok" + body));
    }
  }

  @BeforeEach
  void forget() {
    open.clear();
    proxy.events.refusals.clear();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @Test
  void answersTheHealthCheckOfALoadBalancerAndCloses() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET /healthz HTTP/1.0\r\n\r\n");
      assertThat(client.readToEnd())
          .startsWith("HTTP/1.0 200 OK\r\n")
          .containsIgnoringCase("content-length: 2")
          .endsWith("\r\n\r\nok");
    }
    proxy.expectRest();
  }

  @Test
  void keepsTheConnectionForWhoAsksForIt() {
    try (RawClient client = new RawClient(proxy.port())) {
      for (int i = 0; i < 3; i++) {
        client.send(
            "POST /api HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx");
        assertThat(client.readHead())
            .startsWith("HTTP/1.0 200 OK\r\n")
            .containsIgnoringCase("connection: keep-alive");
        assertThat(client.read(3)).asString().isEqualTo("okx");
      }
    }
    proxy.expectRest();
  }

  /** The head of a watch goes out before its first event, and the body ends with the connection. */
  @ParameterizedTest
  @ValueSource(strings = {"", "Connection: keep-alive\r\n", "Connection: close\r\n"})
  void streamsWithoutChunks(String connection) {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET /api/v1/pods?watch=1 HTTP/1.0\r\n" + connection + "\r\n");
      assertThat(client.readHead())
          .startsWith("HTTP/1.0 200 OK\r\n")
          .doesNotContainIgnoringCase("transfer-encoding")
          .doesNotContainIgnoringCase("keep-alive");
      await().until(() -> open.size() == 1);
      open.element().response().write("event\n");
      assertThat(client.read(6)).asString().isEqualTo("event\n");
      open.element().response().end("last\n");
      assertThat(client.readToEnd()).isEqualTo("last\n");
    }
    proxy.expectRest();
  }

  /** 100 Continue came with HTTP/1.1; an older client would take it for the answer. */
  @Test
  void asksNoBodyOfWhoKnowsNoContinue() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("POST /api HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n");
      client.send("x");
      assertThat(client.readToEnd()).startsWith("HTTP/1.0 200 OK\r\n").endsWith("okx");
    }
    proxy.expectRest();
  }

  @Test
  void upgradesNobody() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send(
          "POST /api/v1/namespaces/a/pods/p/exec HTTP/1.0\r\nConnection: Upgrade\r\n"
              + "Upgrade: SPDY/3.1\r\nContent-Length: 0\r\n\r\n");
      assertThat(client.readToEnd()).startsWith("HTTP/1.0 200 OK\r\n");
    }
    proxy.expectRest();
  }

  /** As Go reads it. */
  @Test
  @Tag("S27")
  void servesLaterMinorVersionsAsHttp11() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET /a HTTP/1.2\r\nHost: a\r\n\r\n");
      assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
    }
    proxy.expectRest();
  }

  @ParameterizedTest
  @Tag("S27")
  @ValueSource(strings = {"GET /a HTTP/2.0\r\nHost: a", "PRI * HTTP/2.0", "GET / HTTP/0.9"})
  void refusesOtherMajorVersionsAndCountsIt(String message) {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send(message + "\r\n\r\nSM\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
      String all = client.readToEnd();
      assertThat(all).startsWith("HTTP/1.1 505 ").contains("\"kind\":\"Status\"", "HTTP version");
      assertThat(all.split("HTTP/1\\.1 ", -1)).hasSize(2);
    }
    assertThat(proxy.events.refusals).containsExactly("version");
    proxy.expectRest();
  }
}
