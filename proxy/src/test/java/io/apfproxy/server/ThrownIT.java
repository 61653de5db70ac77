package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is thrown on the walk ends that request, in one answer, and nothing else. */
@Tag("S50")
@Tag("S92")
final class ThrownIT extends ForwardingFixture {
  private static final String SECRET = "s3cret";
  private static final Duration LONG = Duration.ofSeconds(60);

  private static final class Defect extends Error {
    private static final long serialVersionUID = 1L;

    Defect() {
      super(SECRET);
    }
  }

  private static void serve(HttpServerRequest request) {
    request.response().putHeader("Content-Type", "application/json");
    if (request.path().endsWith("parts")) {
      request.response().setChunked(true).write("half");
    } else {
      request.response().end("whole");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "head, HTTP_1_1",
    "head, HTTP_2",
    "EXCHANGE taken, HTTP_1_1",
    "EXCHANGE taken, HTTP_2",
    "identity, HTTP_1_1",
    "identity, HTTP_2",
    "admit, HTTP_1_1",
    "admit, HTTP_2",
    "admitted, HTTP_1_1",
    "admitted, HTTP_2",
    "upstream, HTTP_1_1",
    "upstream, HTTP_2",
    "UPSTREAM_STREAM taken, HTTP_1_1",
    "UPSTREAM_STREAM taken, HTTP_2",
    "responded, HTTP_1_1",
    "responded, HTTP_2",
    "response bytes, HTTP_1_1",
    "response bytes, HTTP_2",
  })
  void answers500WhenNothingWasSentYet(String place, HttpVersion down) {
    through(
        HttpVersion.HTTP_2,
        ThrownIT::serve,
        proxy -> {
          HttpClient client = proxy.client(down);
          assertThat(send(client, HttpMethod.GET, "/api/v1/pods").statusCode()).isEqualTo(200);
          proxy.traps.set(place, Defect::new);

          String answer =
              get(
                  client
                      .request(HttpMethod.GET, "/api/v1/pods")
                      .compose(
                          request ->
                              request
                                  .send()
                                  .compose(
                                      head ->
                                          head.body()
                                              .map(body -> head.statusCode() + " " + body))));

          assertThat(answer)
              .startsWith("500 ")
              .contains("\"reason\":\"InternalError\"")
              .doesNotContain(SECRET);
          assertThat(proxy.events.refusals).containsExactly("defect");
          proxy.expectRest();
          assertThat(send(client, HttpMethod.GET, "/api/v1/pods").statusCode())
              .as("the next")
              .isEqualTo(200);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void cutsAResponseThatHasBegun(HttpVersion down) {
    through(
        HttpVersion.HTTP_2,
        ThrownIT::serve,
        proxy -> {
          HttpClient client = proxy.client(down);
          proxy.traps.set("response bytes", Defect::new);

          Future<Buffer> body =
              client
                  .request(HttpMethod.GET, "/api/v1/parts")
                  .compose(request -> request.send().compose(HttpClientResponse::body));

          await().atMost(LONG).until(body::isComplete);
          assertThat(body.failed()).as("a clean end").isTrue();
          assertThat(proxy.events.aborts).containsExactly("defect");
          proxy.expectRest();
        });
  }

  @ParameterizedTest
  @CsvSource({
    "lease closed, HTTP_1_1",
    "lease closed, HTTP_2",
    "UPSTREAM_STREAM given back, HTTP_1_1",
    "UPSTREAM_STREAM given back, HTTP_2",
  })
  void givesTheRestBackWhenGivingBackThrows(String place, HttpVersion down) {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, ThrownIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.traps.set(place, Defect::new);

      send(proxy.client(down), HttpMethod.GET, "/api/v1/pods");

      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertThat(proxy.traps.isSet(place)).isFalse();
                assertThat(proxy.flowControl.executing.get()).isZero();
                assertThat(proxy.events.held(io.apfproxy.report.Reporter.Held.EXCHANGE)).isZero();
              });
      assertThat(proxy.flowControl.closedTwice.get()).isZero();
    }
  }

  @Test
  void givesSeatsBackThatComeAfterAdmissionHasThrown() {
    through(
        HttpVersion.HTTP_2,
        ThrownIT::serve,
        proxy -> {
          AtomicReference<Context> loop = new AtomicReference<>();
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          proxy.traps.set(
              "admitted",
              () -> {
                loop.set(Vertx.currentContext());
                return new Defect();
              });
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          assertThat(send(client, HttpMethod.GET, "/api/v1/pods").statusCode()).isEqualTo(500);
          FakeFlowControl.Place place = proxy.flowControl.waiting.element();
          AtomicInteger given = new AtomicInteger();

          loop.get()
              .runOnContext(
                  queued -> {
                    place.execute();
                    given.incrementAndGet();
                  });

          await()
              .atMost(LONG)
              .until(() -> given.get() == 1 && proxy.flowControl.executing.get() == 0);
          proxy.expectRest();
        });
  }

  @Test
  void answers500WhenTheIdentityFailsOtherwiseThanByARefusal() {
    through(
        HttpVersion.HTTP_2,
        ThrownIT::serve,
        proxy -> {
          proxy.identities = (head, request) -> Future.failedFuture(new Defect());
          assertThat(
                  send(proxy.client(HttpVersion.HTTP_1_1), HttpMethod.GET, "/api/v1/pods")
                      .statusCode())
              .isEqualTo(500);
          assertThat(proxy.events.refusals).containsExactly("defect");
        });
  }

  /** The end of the wait throws; what flow control says later must not be lost. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void answers500WhenTheTimerOfAWaitingRequestThrows(HttpVersion down) {
    through(
        HttpVersion.HTTP_2,
        ThrownIT::serve,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          proxy.traps.set("cancel", Defect::new);

          HttpClientResponse answer =
              send(proxy.client(down), HttpMethod.GET, "/api/v1/pods?timeout=400ms");

          assertThat(answer.statusCode()).isEqualTo(500);
        });
  }

  @Test
  void givesBackSeatsThatComeAfterTheEnd() {
    through(
        HttpVersion.HTTP_2,
        ThrownIT::serve,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          proxy.traps.set("admitted", Defect::new);
          assertThat(
                  send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods")
                      .statusCode())
              .isEqualTo(500);

          proxy.flowControl.waiting.element().execute();
        });
  }

  @Test
  void endsAWatchWhoseInitialisationThrows() {
    through(
        HttpVersion.HTTP_2,
        ThrownIT::serve,
        proxy -> {
          proxy.traps.set("watch initialised", Defect::new);
          assertThat(
                  send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods?watch=1")
                      .statusCode())
              .isEqualTo(500);
        });
  }

  @SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
  @Test
  void closesBothSidesOfATunnelThatThrows() throws Exception {
    try (FakeUpstream upstream =
            FakeUpstream.raw(
                vertx,
                socket ->
                    socket.handler(
                        bytes ->
                            socket.write(
                                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                                    + "Upgrade: SPDY/3.1\r\n\r\nhello")));
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        RawClient client = new RawClient(proxy.port())) {
      proxy.traps.set("TUNNEL taken", Defect::new);

      client.send(
          "GET /api/v1/namespaces/a/pods/p/exec HTTP/1.1\r\nHost: a\r\n"
              + "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n");

      assertThat(client.readToEnd()).doesNotContain("hello");
      proxy.expectRest();
    }
  }

  @Test
  void stopsAfterSomethingWasThrownAnywhere() {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, ThrownIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      for (String place : new String[] {"head", "identity", "admit", "responded"}) {
        proxy.traps.set(place, Defect::new);
        Future<HttpClientRequest> request =
            proxy.client(HttpVersion.HTTP_1_1).request(HttpMethod.GET, "/api/v1/pods");
        request.compose(HttpClientRequest::send);
        await().atMost(LONG).until(() -> !proxy.traps.isSet(place));
      }
      Future<Void> stopped = proxy.server.shutdown(Duration.ofSeconds(60));
      await().atMost(LONG).until(stopped::isComplete);
    }
  }
}
