package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.server.listen.GuardedTransport;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of a head that go on in the next line. */
@Tag("S25")
@Tag("S27")
class FoldedHeaderIT {
  private final List<Map.Entry<String, String>> seen = new CopyOnWriteArrayList<>();
  private WireScene scene;
  private TestProxy proxy;

  @BeforeEach
  void start() {
    Vertx vertx = Vertx.builder().withTransport(new GuardedTransport(Transport.NIO)).build();
    scene = new WireScene(vertx, HttpVersion.HTTP_1_1, this::answer);
    proxy = scene.proxy;
  }

  private void answer(HttpServerRequest request) {
    seen.addAll(request.headers().entries());
    request.response().end();
  }

  @AfterEach
  void stop() {
    proxy.expectRest();
    scene.close();
  }

  private String answerTo(String lines) {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("POST /api HTTP/1.1\r\n" + lines + "\r\nConnection: close\r\n\r\n");
      return client.readToEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: a\r\n b",
        "Host: a\r\n ",
        "Host:\r\n a",
        "Host: a\r\nContent-Length: 0\r\n ",
        "Host: a\r\nContent-Length:\r\n 0",
        "Host: a\r\nContent-Length: 1\r\n\t0",
        "Host: a\r\nTransfer-Encoding: chunked\r\n ",
        "Host: a\r\nTransfer-Encoding:\r\n chunked",
        "Host: a\r\nTransfer-Encoding: x\r\n chunked"
      })
  void refusesFoldsOfWhatFramesTheMessage(String lines) {
    assertThat(answerTo(lines)).startsWith("HTTP/1.1 400");
    assertThat(seen).isEmpty();
  }

  @ParameterizedTest
  @Tag("S03")
  @Tag("S04")
  @ValueSource(
      strings = {
        "Authorization:\r\n Bearer t",
        "Authorization: Bearer t\r\n ",
        "Impersonate-User:\r\n\tadmin",
        "Impersonate-Group: x\r\n ",
        "X-Remote-User:\r\n admin",
        "X-Remote-Extra-A: b\r\n\t",
        "X-Forwarded-For:\r\n 192.0.2.1",
        "Connection:\r\n close, X-Foo",
        "Authorization: Bearer\r\n t",
        "Impersonate-User: system:admin\r\n\tx",
        "X-Remote-User: a\r\n b",
        "Connection: close,\r\n X-Foo"
      })
  void refusesProtectedHeadersThatGoOnInAnotherLine(String line) {
    assertThat(answerTo("Host: a\r\n" + line)).startsWith("HTTP/1.1 400");
    assertThat(seen).isEmpty();
  }

  @Test
  void refusesFoldsOfAnyOtherHeaderToo() {
    assertThat(answerTo("Host: a\r\nX-Long: one\r\n \t two\r\n  three"))
        .startsWith("HTTP/1.1 400")
        .contains("must not go on in the next line");
    assertThat(seen).isEmpty();
  }

  /** Whose every line costs the codec a copy of those before. */
  @Test
  @Tag("S31")
  void refusesAHeadOfThousandsOfFoldsBeforeItIsComplete() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET /api HTTP/1.1\r\nHost: a\r\nX-Long: one\r\n" + " a\r\n".repeat(1_000));
      assertThat(client.readHead()).startsWith("HTTP/1.1 400");
    }
    assertThat(seen).isEmpty();
  }

  @Test
  @Tag("S31")
  void refusesAHeadOfTooManyFieldsBeforeItIsComplete() {
    try (RawClient client = new RawClient(proxy.port())) {
      client.send("GET /api HTTP/1.1\r\nHost: a\r\n" + "a: b\r\n".repeat(2_000));
      assertThat(client.readHead()).startsWith("HTTP/1.1 431");
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void takesABodyAfterWhoseLinesBlanksStandAsItIs() {
    try (RawClient client = new RawClient(proxy.port())) {
      String body = "{\n  \"a\":\r\n  1\n}\r\n ";
      client.send(
          "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
      assertThat(client.readHead()).startsWith("HTTP/1.1 200");
    }
  }
}
