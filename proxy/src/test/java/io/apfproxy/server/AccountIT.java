package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Account;
import io.apfproxy.report.Account.End;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each request is told once, at its end, with all that was known of it by then. */
final class AccountIT extends ForwardingFixture {
  private static final String UPGRADE =
      String.join("\r\n", "", "Connection: Upgrade", "Upgrade: SPDY/3.1", "", "");

  private static final Duration LONG = Duration.ofSeconds(60);

  private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();

  private void serve(HttpServerRequest request) {
    request.response().exceptionHandler(gone -> {});
    request.response().putHeader("Content-Type", "application/json");
    if (request.path().endsWith("held")) {
      held.add(request);
    } else if (request.path().endsWith("pods")) {
      request.response().setChunked(true).write("{}\n");
      held.add(request);
    } else {
      request.bodyHandler(body -> request.response().end("whole"));
    }
  }

  private void through(Consumer<TestProxy> test) {
    through(HttpVersion.HTTP_2, this::serve, test);
  }

  private static Account told(TestProxy proxy) {
    return proxy.events.account();
  }

  private static Future<HttpClientResponse> ask(TestProxy proxy, HttpVersion down, String target) {
    return proxy.client(down).request(HttpMethod.GET, target).compose(HttpClientRequest::send);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void tellsWhoAskedWhatAndWhatCameOfIt(HttpVersion down) {
    through(
        proxy -> {
          Buffer answer =
              get(
                  proxy
                      .client(down)
                      .request(HttpMethod.POST, "/api/v1/namespaces/a/configmaps?dryRun=All")
                      .compose(
                          request ->
                              request
                                  .putHeader("Authorization", "Bearer alice")
                                  .putHeader("User-Agent", "agent/1")
                                  .putHeader("Audit-ID", "mine")
                                  .send(Buffer.buffer("0123456789"))
                                  .compose(HttpClientResponse::body)));
          assertThat(answer.length()).isEqualTo(5);

          Account account = told(proxy);

          assertThat(account.end()).isEqualTo(End.FORWARDED);
          assertThat(account.rule()).isEmpty();
          assertThat(account.code()).isEqualTo(200);
          assertThat(account.auditId()).isEqualTo("mine");
          assertThat(account.address()).isEqualTo("127.0.0.1");
          assertThat(account.userAgent()).isEqualTo("agent/1");
          assertThat(account.method()).isEqualTo("POST");
          assertThat(account.target()).isEqualTo("/api/v1/namespaces/a/configmaps?dryRun=All");
          assertThat(account.authenticated().name()).isEqualTo("alice");
          assertThat(account.identityMode()).isEqualTo("PASS_THROUGH");
          assertThat(account.digest().user().name()).isEqualTo("alice");
          assertThat(account.info().verb()).isEqualTo("create");
          assertThat(account.classification()).isSameAs(FakeFlowControl.PLACE);
          assertThat(account.seats()).isNotNull();
          assertThat(account.bytesIn()).isEqualTo(10);
          assertThat(account.bytesOut()).isEqualTo(5);
          assertThat(account.identifiedAt() - account.arrived()).isNotNegative();
          assertThat(account.sentAt() - account.identifiedAt()).isNotNegative();
          assertThat(account.answeredAt() - account.sentAt()).isPositive();
          assertThat(account.endedAt() - account.answeredAt()).isNotNegative();
        });
  }

  @Test
  void tellsWhatWasRefusedBeforeItWasUnderstood() {
    through(
        proxy -> {
          try (RawClient client = new RawClient(proxy.port())) {
            client.send("TRACE /api HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 405");
          }
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.REFUSED);
          assertThat(account.rule()).isEqualTo("method");
          assertThat(account.code()).isEqualTo(405);
          assertThat(account.info()).isNull();
          assertThat(account.digest()).isNull();
          assertThat(account.seats()).isNull();
        });
  }

  @Test
  void tellsWhatTheCodecCouldNotRead() {
    through(
        proxy -> {
          try (RawClient client = new RawClient(proxy.port())) {
            client.send("GET /api HTTP/1.1\r\nHost a\r\n\r\n");
            client.readToEnd();
          }
          assertThat(told(proxy).end()).isEqualTo(End.REFUSED);
        });
  }

  @Test
  void tellsWhereARefusedRequestWasPut() {
    through(
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
          get(ask(proxy, HttpVersion.HTTP_2, "/api/v1/nodes"));
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.REFUSED);
          assertThat(account.rule()).isEqualTo("queue-full");
          assertThat(account.code()).isEqualTo(429);
          assertThat(account.refusal().retryAfterSeconds()).isEqualTo(7);
          assertThat(account.classification()).isSameAs(FakeFlowControl.PLACE);
          assertThat(account.sentAt()).isZero();
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void tellsThatTheClientLeftWhileItWaited(HttpVersion down) {
    through(
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClient client = proxy.client(down);
          get(client.request(HttpMethod.GET, "/api/v1/nodes").map(HttpClientRequest::send));
          await().atMost(LONG).until(() -> !proxy.flowControl.waiting.isEmpty());
          get(client.close());
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.LEFT);
          assertThat(account.code()).isZero();
          assertThat(account.refusal()).isNull();
          assertThat(account.sentAt()).isZero();
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void tellsThatTheClientLeftInTheMiddleOfAWatch(HttpVersion down) {
    through(
        proxy -> {
          HttpClient client = proxy.client(down);
          get(client.request(HttpMethod.GET, "/api/v1/pods?watch=1").compose(r -> r.send()));
          await().atMost(LONG).until(() -> proxy.events.responseBytes.get() > 0);
          assertThat(proxy.events.accounts).isEmpty();
          get(client.close());
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.LEFT);
          assertThat(account.code()).isEqualTo(200);
          assertThat(account.bytesOut()).isEqualTo(3);
        });
  }

  @Test
  void tellsThatTheTimeWasUp() {
    through(
        proxy -> {
          get(ask(proxy, HttpVersion.HTTP_2, "/api/v1/held?timeout=300ms"));
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.REFUSED);
          assertThat(account.rule()).isEqualTo("deadline");
          assertThat(account.code()).isEqualTo(504);
        });
  }

  @Test
  void tellsThatTheTimeWasUpInTheMiddleOfAResponse() {
    through(
        proxy -> {
          get(
              // long enough for the head of the response to come first, on a busy machine too
              ask(proxy, HttpVersion.HTTP_2, "/api/v1/pods?timeout=3s")
                  .compose(HttpClientResponse::body)
                  .otherwiseEmpty());
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.CUT);
          assertThat(account.rule()).isEqualTo("deadline");
          assertThat(account.code()).isEqualTo(200);
          assertThat(proxy.events.aborts).containsExactly("deadline");
        });
  }

  @Test
  void tellsThatTheUpstreamBroke() {
    through(
        proxy -> {
          Future<HttpClientResponse> answer = ask(proxy, HttpVersion.HTTP_2, "/api/v1/held");
          await().atMost(LONG).until(() -> !held.isEmpty());
          held.element().response().reset();
          assertThat(get(answer).statusCode()).isEqualTo(502);
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.REFUSED);
          assertThat(account.rule()).isEqualTo("upstream-broken");
        });
  }

  @Test
  void tellsThatTheProxyWasStopped() {
    through(
        proxy -> {
          get(ask(proxy, HttpVersion.HTTP_2, "/api/v1/pods?watch=1"));
          await().atMost(LONG).until(() -> proxy.events.responseBytes.get() > 0);
          get(proxy.server.shutdown(Duration.ofSeconds(5)));
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.FINISHED);
          assertThat(account.rule()).isEqualTo("shutdown");
        });
  }

  @Test
  void tellsThatSomethingWasThrown() {
    through(
        proxy -> {
          proxy.traps.set("identity", IllegalStateException::new);
          get(ask(proxy, HttpVersion.HTTP_2, "/api/v1/nodes"));
          Account account = told(proxy);
          assertThat(account.end()).isEqualTo(End.REFUSED);
          assertThat(account.rule()).isEqualTo("defect");
          assertThat(account.code()).isEqualTo(500);
          assertThat(account.info()).isNotNull();
          assertThat(account.digest()).isNull();
        });
  }

  @Test
  void isToldOnceAlsoIfTellingThrows() {
    through(
        proxy -> {
          proxy.traps.set("ended", IllegalStateException::new);
          get(ask(proxy, HttpVersion.HTTP_2, "/api/v1/nodes"));
          assertThat(told(proxy).end()).isEqualTo(End.FORWARDED);
        });
  }

  @Test
  void tellsWhatATunnelMovedBothWays() {
    try (FakeUpstream upstream =
            FakeUpstream.raw(
                vertx,
                socket ->
                    socket.handler(
                        bytes ->
                            socket.write(
                                bytes.length() == 3
                                    ? "hello"
                                    : "HTTP/1.1 101 Switching Protocols" + UPGRADE)));
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      try (RawClient client = new RawClient(proxy.port())) {
        client.send("GET /api/v1/namespaces/a/pods/p/exec HTTP/1.1\r\nHost: a" + UPGRADE);
        assertThat(client.readHead()).startsWith("HTTP/1.1 101");
        client.send("abc");
        assertThat(new String(client.read(5), java.nio.charset.StandardCharsets.US_ASCII))
            .isEqualTo("hello");
        assertThat(proxy.events.accounts).isEmpty();
      }
      Account account = told(proxy);
      assertThat(account.end()).isEqualTo(End.FORWARDED);
      assertThat(account.code()).isEqualTo(101);
      assertThat(account.bytesIn()).isEqualTo(3);
      assertThat(account.bytesOut()).isEqualTo(5);
      assertThat(account.seats()).isNull();
      proxy.expectRest();
    }
  }
}
