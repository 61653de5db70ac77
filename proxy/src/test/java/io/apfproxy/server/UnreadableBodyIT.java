package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bodies whose chunks are broken. The client is told, nothing that follows is a request, and the
 * upstream never sees an end.
 */
@Tag("S26")
class UnreadableBodyIT {
  private static final String HEAD =
      "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String GOOD = "5\r\nabcde";
  private static final String LONG = "12000\r\n" + "a".repeat(0x12000);
  private static final String BROKEN =
      "XX\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20);

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private Consumer<HttpServerRequest> answer = request -> {};

  private void see(HttpServerRequest request) {
    seen.add(request.path());
    request.exceptionHandler(cause -> seen.add("abandoned"));
    request.endHandler(end -> seen.add("ended"));
    answer.accept(request);
  }

  private interface Scenario {
    void play(TestProxy proxy, RawClient client) throws Exception;
  }

  private void with(HttpVersion upstream, Scenario scenario) throws Exception {
    try (WireScene scene = new WireScene(Vertx.vertx(), upstream, this::see);
        RawClient client = new RawClient(scene.proxy.port())) {
      scenario.play(scene.proxy, client);
      scene.proxy.expectRest();
      assertThat(seen).doesNotContain("/smuggled");
    }
  }

  private static void expect400(RawClient client) {
    assertThat(client.readToEnd())
        .startsWith("HTTP/1.1 400 ")
        .containsIgnoringCase("\r\nConnection: close\r\n")
        .containsOnlyOnce("HTTP/1.1 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "5\r\nabcdeXX\r\n0\r\n\r\n",
        "5\nabcde\n0\n\n",
        "5;a=\"\r\n\"\r\nabcde\r\n0\r\n\r\n",
        "-5\r\nabcde\r\n0\r\n\r\n",
        "0x5\r\nabcde\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nabcde\r\n0\r\n\r\n",
        "\r\nabcde\r\n0\r\n\r\n",
        "g\r\nabcde\r\n0\r\n\r\n",
        "5\r\nabcde\r\n0\r\nX(A: b\r\n\r\n",
        "5\r\nabcde\r\n0\r\nX-A : b\r\n\r\n",
      })
  void isRefusedIfItComesWithItsHead(String body) throws Exception {
    with(
        HttpVersion.HTTP_1_1,
        (proxy, client) -> {
          client.send(HEAD + body + BROKEN);

          expect400(client);
          assertThat(seen).doesNotContain("ended");
          assertThat(proxy.events.refusals).containsExactly("body-syntax");
        });
  }

  @Test
  void isRefusedHoweverLongTheLineIsThatBreaksIt() throws Exception {
    with(
        HttpVersion.HTTP_1_1,
        (proxy, client) -> {
          client.send(HEAD + GOOD + "\r\n5;" + "x".repeat(1 << 20) + "\r\nabcde\r\n0\r\n\r\n");

          assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1 ");
          assertThat(seen).doesNotContain("ended");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void isRefusedAfterItsBeginningWasSentOn(HttpVersion upstream) throws Exception {
    with(
        upstream,
        (proxy, client) -> {
          client.send(HEAD + LONG);
          await().until(() -> seen.contains("/a"));

          client.send(BROKEN);

          expect400(client);
          await().until(() -> seen.contains("abandoned"));
          assertThat(seen).containsOnly("/a", "abandoned");
          assertThat(proxy.events.account().code()).isEqualTo(400);
        });
  }

  @Test
  void isRefusedBeforeItsRequestAsksForSeats() throws Exception {
    with(
        HttpVersion.HTTP_2,
        (proxy, client) -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          client.send(HEAD + GOOD);
          await().until(() -> proxy.events.held(Held.EXCHANGE) == 1);

          client.send(BROKEN);

          expect400(client);
          assertThat(proxy.flowControl.waiting).isEmpty();
          assertThat(seen).isEmpty();
        });
  }

  @Test
  void isRefusedWhileItIsNotKnownWhoAsks() throws Exception {
    with(
        HttpVersion.HTTP_2,
        (proxy, client) -> {
          Promise<Void> asked = Promise.promise();
          proxy.identities =
              (head, request) -> {
                asked.complete();
                return Promise.<io.apfproxy.authn.tell.Identity>promise().future();
              };
          client.send(HEAD + GOOD);
          get(asked.future());

          client.send(BROKEN);

          expect400(client);
          assertThat(seen).isEmpty();
        });
  }

  @Test
  void isRefusedBeforeAnUpgrade() throws Exception {
    with(
        HttpVersion.HTTP_1_1,
        (proxy, client) -> {
          client
              .send("GET /api/v1/namespaces/a/pods/p/exec HTTP/1.1\r\nHost: a\r\n")
              .send("Connection: Upgrade\r\nUpgrade: websocket\r\n")
              .send("Transfer-Encoding: chunked\r\n\r\n");
          await().until(() -> proxy.events.held(Held.EXCHANGE) == 1);

          client.send(BROKEN);

          expect400(client);
          assertThat(proxy.events.account().sentAt()).isPositive();
          assertThat(seen).isEmpty();
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void cutsAResponseOffThatHasBegun(HttpVersion upstream) throws Exception {
    answer = request -> request.response().setChunked(true).write("begun");
    with(
        upstream,
        (proxy, client) -> {
          client.send(HEAD + LONG);
          assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");

          client.send(BROKEN);

          assertThat(client.readToEnd()).doesNotContain("HTTP/1.1 ", "\r\n0\r\n\r\n");
          await().until(() -> seen.contains("abandoned"));
          assertThat(seen).containsOnly("/a", "abandoned");
          assertThat(proxy.events.aborts).containsExactly("body-syntax");
        });
  }

  /** The answer that was given before stands. */
  @Test
  void closesTheConnectionOfARequestThatWasRefused() throws Exception {
    with(
        HttpVersion.HTTP_2,
        (proxy, client) -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
          client.send(HEAD + LONG);
          String head = client.readHead();
          client.send(BROKEN);

          assertThat(head).startsWith("HTTP/1.1 429 ");
          assertThat(client.readToEnd()).doesNotContain("HTTP/1.1 ");
          assertThat(seen).isEmpty();
        });
  }

  /** They came in one piece, so the body is there long before the first answer. */
  @Test
  void leavesTheRequestBeforeItAlone() throws Exception {
    Promise<HttpServerRequest> first = Promise.promise();
    answer = request -> first.tryComplete(request);
    with(
        HttpVersion.HTTP_2,
        (proxy, client) -> {
          client.send("GET /first HTTP/1.1\r\nHost: a\r\n\r\n" + HEAD + GOOD + BROKEN);
          get(first.future()).response().end("first");

          String all = client.readToEnd();
          assertThat(all).matches("(?s)HTTP/1\\.1 200 .*\r\n\r\nfirstHTTP/1\\.1 400 .*");
          assertThat(all.split("HTTP/1\\.1 ", -1)).hasSize(3);
        });
  }

  @Test
  void leavesTheConnectionsOfOthersAlone() throws Exception {
    answer = request -> request.response().end("ok");
    with(
        HttpVersion.HTTP_2,
        (proxy, client) -> {
          try (RawClient other = new RawClient(proxy.port())) {
            other.send("POST /other HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.send(HEAD + GOOD + BROKEN);
            client.readToEnd();
            other.send("5\r\nabcde\r\n0\r\n\r\n");
            assertThat(other.readHead()).startsWith("HTTP/1.1 200 ");
          }
        });
  }
}
