package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.time.ManualTime;
import io.apfproxy.upstream.Pulse.Outcome;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pulses make of an upstream that answers them, and of one that does not. */
@Tag("L-40")
@Tag("L-90")
@Tag("S84")
class FalseDownIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration HOLD = Duration.ofSeconds(15);
  private static final String PULSE = "/livez/ping";
  private static final String READY = "/readyz";

  private final Vertx vertx = Vertx.vertx();
  private final Queue<String> credentials = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 403, 404, 429, 500})
  void anyStatusIsAnAnswer(int code) {
    try (WatchedProxy watched =
        new WatchedProxy(
            vertx,
            HOLD,
            request -> {
              credentials.add(request.path() + " " + request.getHeader("Authorization"));
              request.response().setStatusCode(code).end();
            })) {
      await().atMost(LONG).until(() -> watched.pulse.count(Outcome.ANSWERED) >= 2);

      await().atMost(LONG).until(watched.outage::isTrusted);
      long connections = watched.wire.accepted(); // first what may be less than what follows
      long answered = watched.pulse.count(Outcome.ANSWERED);
      assertThat(connections)
          .as("one, and another after each pulse that was not answered in time")
          .isLessThanOrEqualTo(1 + watched.pulses() - answered);
      assertThat(credentials).isSubsetOf(PULSE + " Bearer own-token", READY + " Bearer own-token");
    }
  }

  /**
   * As a kube-apiserver that has just started, and does not know yet what it grants; it need not
   * grant the question of pulses at any time.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("L-91")
  void isBackWhenItIsReadyAsBeforeAndSendsNothingEarlier(boolean grantsPulses) {
    AtomicInteger code = new AtomicInteger(200);
    AtomicInteger asked = new AtomicInteger();
    Queue<Integer> seen = new ConcurrentLinkedQueue<>();
    try (WatchedProxy watched =
        new WatchedProxy(
            vertx,
            Duration.ofMinutes(1),
            request -> {
              boolean pulse = request.path().equals(PULSE);
              if (request.path().equals(READY)) {
                asked.incrementAndGet();
              } else if (!pulse) {
                seen.add(code.get());
              }
              request.response().setStatusCode(pulse && !grantsPulses ? 403 : code.get()).end();
            })) {
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      assertThat(status(client)).isEqualTo(200);
      await().atMost(LONG).until(() -> watched.pulse.count(Outcome.ANSWERED) >= 2);
      code.set(403);
      watched.wire.cut();
      await().atMost(LONG).until(watched.outage::isDown);
      Future<Integer> held = ask(client);
      await().atMost(LONG).until(() -> watched.outage.waiting() == 1);

      asked.set(0);
      watched.wire.mend();
      await().atMost(LONG).until(() -> asked.get() > 0);
      code.set(200);

      assertThat(get(held)).isEqualTo(200);
      assertThat(seen).containsExactly(200, 200);
    }
  }

  /** Whoever administers the cluster, as the proxy's own credential may, is granted all at once. */
  @Test
  @Tag("L-91")
  void isBackWhenTheServerSaysThatItIsReady() {
    AtomicInteger ready = new AtomicInteger(200);
    Queue<Integer> seen = new ConcurrentLinkedQueue<>();
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger pulses = new AtomicInteger();
    try (WatchedProxy watched =
        new WatchedProxy(
            vertx,
            Duration.ofMinutes(1),
            request -> {
              if (request.path().equals(READY)) {
                asked.incrementAndGet();
                pulses.set(0);
                request.response().setStatusCode(ready.get()).end();
                return;
              }
              if (request.path().equals(PULSE)) {
                pulses.incrementAndGet();
              } else {
                seen.add(ready.get());
              }
              request.response().end();
            })) {
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      assertThat(status(client)).isEqualTo(200);
      await().atMost(LONG).until(() -> pulses.get() >= 2); // it is not asked that all the time
      ready.set(500);
      watched.wire.cut();
      await().atMost(LONG).until(watched.outage::isDown);
      Future<Integer> held = ask(client);
      await().atMost(LONG).until(() -> watched.outage.waiting() == 1);

      asked.set(0);
      watched.wire.mend();
      await().atMost(LONG).until(() -> asked.get() > 0);
      ready.set(200);

      assertThat(get(held)).isEqualTo(200);
      assertThat(seen).containsExactly(200, 200);
    }
  }

  /** By a clock that goes on when there was an answer, however long that took. */
  @Test
  void isNotDownIfOnlyPulsesAreSwallowed() {
    ManualTime clock = new ManualTime();
    try (WatchedProxy watched =
        new WatchedProxy(vertx, HOLD, clock::nanoTime, FalseDownIT::swallowPulses)) {
      HttpClient client = watched.proxy.client(HttpVersion.HTTP_2);
      await()
          .atMost(LONG)
          .pollInterval(Duration.ofMillis(100))
          .until(
              () -> {
                assertThat(status(client)).isEqualTo(200);
                clock.advance(Duration.ofSeconds(1));
                return watched.pulse.count(Outcome.MISSED) >= 6;
              });
      assertThat(watched.outage.isTrusted()).isFalse();
      assertThat(watched.outage.isDown()).isFalse();
      assertThat(watched.outage.returns()).isZero();

      clock.advance(Duration.ofSeconds(1));
      await("without traffic nobody knows better").atMost(LONG).until(watched.outage::isDown);
    }
  }

  @Test
  void noticesSilenceAndItsEnd() {
    try (WatchedProxy watched =
        new WatchedProxy(vertx, HOLD, request -> request.response().end())) {
      await().atMost(LONG).until(() -> watched.pulse.count(Outcome.ANSWERED) >= 1);

      watched.wire.freeze();
      await().atMost(LONG).until(watched.outage::isDown);
      watched.wire.thaw();
      await().atMost(LONG).until(watched.outage::isTrusted);

      assertThat(watched.outage.returns()).isOne();
      assertThat(watched.pulse.count(Outcome.MISSED)).isGreaterThanOrEqualTo(3);
    }
  }

  private static void swallowPulses(HttpServerRequest request) {
    if (!request.path().equals(PULSE) && !request.path().equals(READY)) {
      request.response().end();
    }
  }

  private static int status(HttpClient client) {
    return get(ask(client));
  }

  private static Future<Integer> ask(HttpClient client) {
    return client
        .request(HttpMethod.GET, "/api/v1/pods")
        .compose(
            request ->
                request.send().compose(answer -> answer.end().map(end -> answer.statusCode())));
  }
}
