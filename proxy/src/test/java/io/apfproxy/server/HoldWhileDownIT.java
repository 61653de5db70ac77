package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.ManualTime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The wire to the upstream is cut and mended while clients ask. */
@Tag("L-91")
@Tag("L-93")
@Tag("S84")
class HoldWhileDownIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int REQUESTS = 40;

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, AtomicInteger> executed = new ConcurrentHashMap<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private WatchedProxy start(Duration hold) {
    return start(hold, System::nanoTime);
  }

  private WatchedProxy start(Duration hold, LongSupplier clock) {
    WatchedProxy watched = new WatchedProxy(vertx, hold, clock, this::serve);
    HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
    await().atMost(LONG).until(() -> status(ask(client, HttpMethod.GET, "/warm")) == 200);
    return watched;
  }

  private void serve(HttpServerRequest request) {
    executed.computeIfAbsent(request.path(), path -> new AtomicInteger()).incrementAndGet();
    if (request.uri().contains("watch")) {
      request.response().setChunked(true).write("{}\n");
    } else {
      request.bodyHandler(body -> request.response().end(body));
    }
  }

  private static Future<HttpClientResponse> ask(HttpClient client, HttpMethod method, String path) {
    return client
        .request(method, path)
        .compose(
            request ->
                (method.equals(HttpMethod.POST)
                        ? request.send(Buffer.buffer("body of " + path))
                        : request.send())
                    .compose(answer -> answer.body().map(body -> answer)));
  }

  private static int status(Future<HttpClientResponse> answer) {
    return get(answer).statusCode();
  }

  /** Nothing is sent any more over a connection of which nobody has noticed yet that it is gone. */
  private static void cut(WatchedProxy watched) {
    watched.wire.cut();
    await().atMost(LONG).until(() -> watched.proxy.events.held(Held.UPSTREAM_CONNECTION) == 0);
  }

  private static int held(WatchedProxy watched) {
    return watched.proxy.events.held(Held.AWAITING_UPSTREAM);
  }

  /** As many as there are seats were held and go on: by then they hold none. L-94. */
  @Test
  void watchesThatWereHeldKeepNobodyElseWaiting() {
    try (WatchedProxy watched = start(LONG)) {
      watched.outage.letGo(2);
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      cut(watched);
      for (int i = 0; i < 2; i++) {
        var unused =
            client
                .request(HttpMethod.GET, "/api/v1/pods?watch=1&n=" + i)
                .compose(HttpClientRequest::send);
      }
      await().atMost(LONG).until(() -> held(watched) == 2);
      watched.wire.mend();
      await().atMost(LONG).until(() -> watched.proxy.flowControl.initialised.get() == 2);

      AtomicBoolean sent = new AtomicBoolean();
      assertThat(watched.outage.hold(1, () -> sent.set(true), () -> {})).isNotNull();

      await().atMost(LONG).untilTrue(sent);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void nobodyGetsAnErrorWhoWasNotInTheMiddleAndNothingIsExecutedTwice(HttpVersion version) {
    try (WatchedProxy watched = start(Duration.ofSeconds(60))) {
      HttpClient client = watched.proxy.client(version);
      cut(watched);
      int dialled = watched.wire.accepted();
      List<Future<HttpClientResponse>> answers = new ArrayList<>();
      for (int i = 0; i < REQUESTS; i++) {
        HttpMethod method = i % 2 == 0 ? HttpMethod.GET : HttpMethod.POST;
        answers.add(ask(client, method, "/api/v1/namespaces/n/things/" + i));
      }
      await().atMost(LONG).until(() -> held(watched) == REQUESTS);
      await().atMost(LONG).until(watched.outage::isDown);
      assertThat(watched.proxy.flowControl.executing).as("keep their seats").hasValue(REQUESTS);
      // which is told after that they wait
      await("but are not charged")
          .atMost(LONG)
          .until(() -> watched.proxy.flowControl.paused.get() == REQUESTS);
      assertThat(watched.wire.accepted() - dialled)
          .as("connections made, besides pulses")
          .isLessThanOrEqualTo((int) watched.pulses() + 10);

      watched.wire.mend();

      for (Future<HttpClientResponse> answer : answers) {
        assertThat(status(answer)).isEqualTo(200);
      }
      assertThat(executed).hasSizeGreaterThan(REQUESTS);
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(executed.get("/api/v1/namespaces/n/things/" + i)).hasValue(1);
      }
      assertThat(held(watched)).isZero();
      watched.proxy.expectRest();
    }
  }

  @Test
  @Tag("L-92")
  void refusesUnreadWhatIsNewOnceItIsAwayForTooLong() {
    Duration hold = Duration.ofSeconds(5);
    ManualTime clock = new ManualTime();
    try (WatchedProxy watched = start(hold, clock::nanoTime)) {
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      cut(watched);
      Future<HttpClientResponse> inHand = ask(client, HttpMethod.GET, "/api/v1/pods");
      await().atMost(LONG).until(() -> held(watched) == 1);
      await().atMost(LONG).until(() -> watched.proxy.flowControl.paused.get() == 1);

      clock.advance(hold.plusSeconds(1));
      assertThat(status(inHand)).isEqualTo(503);
      await().atMost(LONG).until(watched.outage::isRefusing);
      assertThat(watched.proxy.events.refusals).containsOnly("upstream-unreachable");
      watched.proxy.events.refusals.clear();
      long before = watched.wire.accepted() - watched.pulses();
      TreeSet<Integer> returns = new TreeSet<>();
      for (int i = 0; i < 100; i++) {
        HttpClientResponse refused = get(ask(client, HttpMethod.POST, "/api/v1/things"));
        assertThat(refused.statusCode()).isEqualTo(503);
        returns.add(Integer.parseInt(refused.getHeader("Retry-After")));
      }
      assertThat(watched.proxy.events.refusals).hasSize(100).containsOnly("upstream-down");
      assertThat(returns).hasSizeGreaterThan(2).allMatch(seconds -> seconds >= 1 && seconds <= 30);
      assertThat(watched.wire.accepted() - watched.pulses())
          .as("nobody is dialled but by pulses")
          .isBetween(before - 10, before + 10);

      watched.wire.mend();
      await().atMost(LONG).until(() -> status(ask(client, HttpMethod.GET, "/api/v1/pods")) == 200);
      assertThat(executed).doesNotContainKey("/api/v1/things");
      watched.proxy.expectRest();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/namespaces/n/pods/p/log?follow=true",
        "/api/v1/namespaces/n/services/s/proxy/",
      })
  void failsAtOnceForWhatHasNoSeats(String target) {
    try (WatchedProxy watched = start(Duration.ofSeconds(60))) {
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      cut(watched);
      await().atMost(LONG).until(watched.outage::isDown);

      assertThat(status(ask(client, HttpMethod.GET, target))).isEqualTo(503);

      assertThat(held(watched)).isZero();
      watched.proxy.expectRest();
    }
  }

  @Test
  void failsAtOnceForAnUpgrade() {
    try (WatchedProxy watched = start(Duration.ofSeconds(60))) {
      cut(watched);
      await().atMost(LONG).until(watched.outage::isDown);
      try (RawClient client = new RawClient(watched.proxy.port())) {
        client.send(UpgradeFixture.request("GET", "websocket"));
        assertThat(client.readHead()).startsWith("HTTP/1.1 503").contains("Retry-After: ");
      }

      assertThat(watched.proxy.events.refusals).containsExactly("upstream-unreachable");
      assertThat(held(watched)).isZero();
      watched.proxy.expectRest();
    }
  }

  /** Who asks is not known: exec does not wait for that, a list does, no longer than for seats. */
  @Test
  void doesNotAskWhoWantsWhatCannotBeSentAnyway() {
    try (WatchedProxy watched = start(Duration.ofSeconds(60))) {
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      cut(watched);
      await().atMost(LONG).until(watched.outage::isDown);
      watched.proxy.identities = (head, request) -> Promise.<Identity>promise().future();

      HttpClientResponse exec =
          get(ask(client, HttpMethod.POST, "/api/v1/namespaces/n/pods/p/exec?command=true"));
      assertThat(exec.statusCode()).isEqualTo(503);
      assertThat(watched.proxy.events.refusals).containsExactly("upstream-unreachable");

      List<String> returns = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        HttpClientResponse list = get(ask(client, HttpMethod.GET, "/api/v1/pods?timeout=100ms"));
        assertThat(list.statusCode()).isEqualTo(503);
        returns.add(list.getHeader("Retry-After"));
      }
      assertThat(watched.proxy.events.refusals).last().isEqualTo("identity-time-out");
      assertThat(new TreeSet<>(returns)).as("seconds to return after").hasSizeGreaterThan(1);
      watched.proxy.expectRest();
    }
  }

  /** It may be its own review that is the first to find nobody. */
  @Test
  void waitsNoLongerForWhoWantsWhatCannotBeSentAnyMore() {
    try (WatchedProxy watched = start(Duration.ofSeconds(60))) {
      Promise<Identity> review = Promise.promise();
      watched.proxy.identities = (head, request) -> review.future();
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      Future<HttpClientResponse> exec =
          ask(client, HttpMethod.POST, "/api/v1/namespaces/n/pods/p/exec?command=true");
      Future<HttpClientResponse> list = ask(client, HttpMethod.GET, "/api/v1/pods");
      await().atMost(LONG).until(() -> watched.proxy.events.held(Held.EXCHANGE) == 2);

      watched.outage.foundNobody();

      assertThat(status(exec)).isEqualTo(503);
      assertThat(watched.proxy.events.refusals).containsExactly("upstream-unreachable");
      assertThat(list.isComplete()).as("waits for its seats").isFalse();
      review.fail(
          new RefusedException(401, "Unauthorized", "unknown-token", "nobody knows the token"));
      assertThat(status(list)).isEqualTo(401);
      watched.proxy.expectRest();
    }
  }

  @Test
  void endsWithTheClientTheDeadlineAndTheProxy() {
    WatchedProxy watched = start(Duration.ofSeconds(60));
    try (watched) {
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      cut(watched);
      await().atMost(LONG).until(watched.outage::isDown);
      HttpClientRequest leaving = get(client.request(HttpMethod.GET, "/api/v1/leaves"));
      var unused = leaving.send();
      await().atMost(LONG).until(() -> held(watched) == 1);
      leaving.reset(8);
      await().atMost(LONG).until(() -> held(watched) == 0);
      await().atMost(LONG).until(() -> watched.proxy.flowControl.executing.get() == 0);

      HttpClientResponse late = get(ask(client, HttpMethod.GET, "/api/v1/late?timeout=1s"));
      assertThat(late.statusCode()).isEqualTo(503);
      assertThat(late.getHeader("Retry-After")).isNotNull();

      Future<HttpClientResponse> last = ask(client, HttpMethod.GET, "/api/v1/last");
      Future<HttpClientResponse> watch = ask(client, HttpMethod.GET, "/api/v1/pods?watch=1");
      await().atMost(LONG).until(() -> held(watched) == 2);
      Future<Void> stopped = watched.proxy.server.shutdown(Duration.ofSeconds(3));
      assertThat(status(last)).isEqualTo(429);
      assertThat(status(watch)).isEqualTo(429);
      get(stopped);
      assertThat(watched.outage.waiting()).isZero();
      watched.proxy.expectRest();
    }
  }
}
