package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that could be read in two ways, and others that are refused. */
class ProtocolIT {
  private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
  private static WireScene scene;
  private static TestProxy proxy;
  private static final Queue<String> seen = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() {
    scene = new WireScene(ProtocolIT::record);
    proxy = scene.proxy;
  }

  private static void record(HttpServerRequest request) {
    StringBuilder text = new StringBuilder(request.method() + " " + request.uri() + "\n");
    request
        .headers()
        .forEach(
            line -> text.append(line.getKey()).append(": ").append(line.getValue()).append('\n'));
    seen.add(text.toString());
    request.response().end("ok");
  }

  @BeforeEach
  void forget() {
    seen.clear();
  }

  @AfterEach
  void rest() {
    proxy.expectRest();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  /** Refused, closed, nothing forwarded, and what follows is no request. */
  @Tag("S24")
  @Tag("S25")
  @Tag("S27")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /a HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /a\r\nHost: a\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nabcde",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nX(A: b\r\n\r\n",
        "GET /a HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void refusesAmbiguousMessagesAndWhateverFollows(String message) {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send(message + SMUGGLED);
      String all = client.readToEnd();
      assertThat(all).matches("(?s)HTTP/1\\.[01] 400.*");
      assertThat(all.split("HTTP/1\\.", -1)).hasSize(2);
      assertThat(seen).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "405:TRACE /a HTTP/1.1\r\nHost: a\r\n\r\n",
        "405:CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        "417:POST /a HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 0\r\n\r\n",
        "505:GET /a HTTP/2.0\r\nHost: a\r\n\r\n",
        "505:GET /a HTTP/0.9\r\nHost: a\r\n\r\n",
        "505:PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "429:GET /api/v1/pods HTTP/1.1\r\nHost: a\r\n\r\n"
      })
  void refusesByItsRule(String row) {
    proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
    try (RawClient client = new RawClient(proxy.port())) {
      client.send(row.substring(4));
      assertThat(client.readHead().substring(9)).startsWith(row.substring(0, 3));
      assertThat(seen).isEmpty();
    } finally {
      proxy.flowControl.answer = FakeFlowControl.Answer.EXECUTE;
    }
  }

  @Test
  @Tag("S31")
  void refusesWhatIsTooLong() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET /" + "a".repeat(130 << 10) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readHead().substring(9)).startsWith("414");
    }
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(260 << 10) + "\r\n\r\n");
      assertThat(client.readHead().substring(9)).startsWith("431");
    }
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET /?" + "a".repeat(60 << 10) + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readHead()).startsWith("HTTP/1.1 200");
    }
  }

  /** Section 3.1 steps 5 to 8. */
  @Test
  @Tag("S03")
  @Tag("S04")
  @Tag("S21")
  void forwardsHeadersButThoseOfTheHop() {
    try (RawClient client = new RawClient(proxy.port())) {
      client
          .send("GET /api/v1/pods?a=%2f HTTP/1.1\r\nHost: proxy\r\nConnection: close, x-mine\r\n")
          .send("X-Mine: 1\r\nKeep-Alive: 2\r\nTE: trailers\r\nX-Kept: a\r\nX-Kept: b\r\n")
          .send("X-Remote-User: admin\r\nX-Forwarded-For: 1.2.3.4\r\nAudit-ID: mine\r\n\r\n");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 200");
    }
    assertThat(seen)
        .singleElement()
        .asString()
        .startsWith("GET /api/v1/pods?a=%2f\n")
        .containsIgnoringCase("x-kept: a\nx-kept: b\n")
        .containsIgnoringCase("x-forwarded-for: 127.0.0.1\n")
        .doesNotContainIgnoringCase("x-mine")
        .doesNotContainIgnoringCase("keep-alive")
        .doesNotContainIgnoringCase("x-remote-user")
        .containsIgnoringCase("audit-id: mine\n")
        .doesNotContain("admin", "1.2.3.4");
  }

  @Test
  @Tag("S46")
  void cutsAnAbsoluteTargetToItsPath() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET http://169.254.169.254/api/v1/pods?x HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.readHead()).startsWith("HTTP/1.1 200");
    }
    assertThat(seen).singleElement().asString().startsWith("GET /api/v1/pods?x\n");
  }

  @Test
  @Tag("S28")
  void servesPipelinedRequestsOneAfterTheOther() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send(
          "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      assertThat(client.readToEnd().split("HTTP/1\\.1 200", -1)).hasSize(3);
    }
    assertThat(seen).hasSize(2);
  }

  /** S40. */
  @Tag("S40")
  @ParameterizedTest
  @ValueSource(strings = {"a", "*", "/a b", "/a#b", "https://h/a"})
  void refusesIllegalPathsOverHttp2(String path) {
    HttpClientResponse response =
        get(
            proxy
                .client(HttpVersion.HTTP_2)
                .request(HttpMethod.GET, path)
                .compose(HttpClientRequest::send));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(seen).isEmpty();
  }

  @Test
  void refusesNewRequestsWhileDraining() {
    try (TestProxy draining = new TestProxy(scene.vertx, scene.upstream.port())) {
      draining.server.drain();
      try (RawClient client = new RawClient(draining.port())) {
        client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readToEnd())
            .startsWith("HTTP/1.1 429")
            .containsIgnoringCase("Retry-After: 5")
            .containsIgnoringCase("Connection: close");
      }
      draining.expectRest();
    }
  }
}
