package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.RateLimit;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.limit.Limiting;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * A request that waits for a rate limit, before or after it is known who asks, against each thing
 * that can happen to it meanwhile: it ends once, and has given back whatever it had.
 */
@Tag("S50")
@Tag("L-02")
class GateMatrixIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int AT_A_TIME = 8;

  /** Long enough to come into the state, and to let something happen in it. */
  private static final String PERIOD = "10s";

  /** A quarter of it is for waiting: two seconds more than for the limit. */
  private static final String TIME_OUT = "?timeout=48s";

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  enum Event {
    CLIENT_RESETS(0, 0, ""),
    CLIENT_CLOSES(0, 0, ""),
    SHUTDOWN(0, 429, "shutting-down"),
    TIME_OUT(0, 429, "time-out"),
    EXCEPTION(1, 500, ""),
    LIMIT_REMOVED(1, 200, ""),
    LIMIT_CHANGED(1, 200, ""),
    LEVEL_REMOVED(1, 200, ""),
    UPSTREAM_DOWN(1, 503, "upstream-unreachable"),
    PLACE_TAKEN(0, 429, "in-flight-limit");

    /** How many leases it has had. */
    final int leases;

    /** What it is answered; 0 if nobody is left. */
    final int code;

    final String rule;

    Event(int leases, int code, String rule) {
      this.leases = leases;
      this.code = code;
      this.rule = rule;
    }

    /** Whether the one before it stays, with the only seat and the only place. */
    boolean needsAnother() {
      return this == TIME_OUT || this == PLACE_TAKEN;
    }

    boolean isEndOfService() {
      return this == SHUTDOWN || this == UPSTREAM_DOWN;
    }
  }

  @TestFactory
  Stream<DynamicTest> endsOnceAndGivesAllBack() {
    Map<String, SideBySide.Body> cells = new LinkedHashMap<>();
    for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      for (boolean known : new boolean[] {false, true}) {
        for (Event event : Event.values()) {
          String name = (known ? "known " : "unknown ") + event + " " + version;
          cells.put(name, () -> new Cell(version, known, event).run());
        }
      }
    }
    return SideBySide.run(AT_A_TIME, cells);
  }

  private final class Cell {
    private final HttpVersion version;
    private final boolean known;
    private final Event event;
    private final OneSeat seats = new OneSeat();
    private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    private final AtomicLong clock = new AtomicLong();
    private final Outage outage =
        new Outage(Duration.ofSeconds(15), clock::get, new Outage.Listener() {});

    Cell(HttpVersion version, boolean known, Event event) {
      this.version = version;
      this.known = known;
      this.event = event;
    }

    private void serve(HttpServerRequest request) {
      if (request.path().endsWith("held")) {
        held.add(request);
      } else {
        request.response().end("ok");
      }
    }

    private RateLimit slow(String period) {
      Limiting limit = Limiting.of("slow");
      return (known ? limit.by("User") : limit.beforeAuthentication()).tokens(1, period, 1, "60s");
    }

    private RateLimit few(int places) {
      return Limiting.of("few").atATime(places);
    }

    void run() {
      try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
          TestProxy proxy = TestProxy.before(vertx, upstream.port()).outage(outage).start()) {
        proxy.otherFlowControl = seats;
        int places = event == Event.PLACE_TAKEN ? 1 : 2;
        proxy.rateLimits.apply(List.of(slow(PERIOD), few(places)));
        Future<HttpClientResponse> before =
            ask(proxy, event.needsAnother() ? "/api/v1/held" : "/api/v1/done");
        if (event.needsAnother()) {
          await().atMost(LONG).until(() -> held.size() == 1);
        } else {
          assertThat(get(before).statusCode()).isEqualTo(200);
          await().atMost(LONG).until(() -> proxy.events.held(Held.EXCHANGE) == 0);
        }
        int leasesBefore = seats.leases.size();

        HttpClientRequest request =
            get(
                proxy
                    .client(version)
                    .request(
                        HttpMethod.GET,
                        "/api/v1/waits" + (event == Event.TIME_OUT ? TIME_OUT : "")));
        Future<HttpClientResponse> answer = request.response();
        request.exceptionHandler(gone -> {});
        request.end();
        await().atMost(LONG).until(() -> proxy.bound("rate-limit-waiting").used().getAsLong() == 1);
        assertThat(proxy.bound("waiting-head-bytes").used().getAsLong()).isPositive();
        happen(proxy, request);

        if (event.code > 0) {
          assertThat(get(answer).statusCode()).isEqualTo(event.code);
        }
        if (event.needsAnother()) {
          held.element().response().end("late");
          assertThat(get(before).statusCode()).isEqualTo(200);
        }
        expectRest(proxy);
        assertThat(seats.leases).hasSize(leasesBefore + event.leases);
        expectOneEnd(proxy);
        if (!event.isEndOfService()) {
          proxy.rateLimits.apply(List.of(few(places))); // it need not wait as well
          assertThat(get(ask(proxy, "/api/v1/next")).statusCode()).as("the next").isEqualTo(200);
          expectRest(proxy);
        }
        assertThat(seats.leases).allSatisfy(lease -> assertThat(lease).hasValue(1));
      }
    }

    @SuppressWarnings("deprecation") // shutdown() would not close what is told to go
    private void happen(TestProxy proxy, HttpClientRequest request) {
      switch (event) {
        case CLIENT_RESETS -> request.reset(8);
        case CLIENT_CLOSES -> get(request.connection().close());
        case SHUTDOWN -> get(proxy.server.shutdown(Duration.ofMillis(1500)));
        case EXCEPTION -> proxy.traps.set("upstream", IllegalStateException::new);
        case LIMIT_REMOVED -> proxy.rateLimits.apply(List.of());
        case LIMIT_CHANGED -> proxy.rateLimits.apply(List.of(slow("12s")));
        case LEVEL_REMOVED -> seats.removeLevel();
        case UPSTREAM_DOWN -> {
          outage.foundNobody();
          for (int i = 0; i < 4; i++) {
            outage.pulseMissed();
            clock.addAndGet(Duration.ofSeconds(20).toNanos());
          }
          assertThat(outage.isRefusing()).isTrue();
        }
        case TIME_OUT, PLACE_TAKEN -> {} // time passes
      }
    }

    private void expectRest(TestProxy proxy) {
      await()
          .atMost(LONG)
          .untilAsserted(
              () -> {
                assertThat(proxy.events.held(Held.EXCHANGE)).isZero();
                assertThat(proxy.events.held(Held.UPSTREAM_STREAM)).isZero();
                assertThat(seats.waiting).hasValue(0);
                for (String room :
                    List.of("rate-limit-waiting", "waiting-head-bytes", "waiting-body-bytes")) {
                  assertThat(proxy.bound(room).used().getAsLong()).as(room).isZero();
                }
              });
    }

    /** The account of each is told once, and this one's says why it ended. */
    private void expectOneEnd(TestProxy proxy) {
      await().atMost(LONG).until(() -> proxy.events.accounts.size() >= proxy.events.requests.get());
      assertThat(proxy.events.accounts)
          .doesNotHaveDuplicates()
          .hasSize(2)
          .filteredOn(account -> account.target().contains("waits"))
          .singleElement()
          .satisfies(this::expectWhy);
      assertThat(proxy.rateLimits.read())
          .filteredOn(reading -> reading.name().equals("few"))
          .allSatisfy(few -> assertThat(few.fullest()).as("places in use").isZero());
    }

    private void expectWhy(Account account) {
      assertThat(account.code()).isEqualTo(event.code);
      if (!event.rule.isEmpty()) {
        assertThat(account.refusal()).isNotNull();
        assertThat(account.refusal().rule()).isEqualTo(event.rule);
      }
    }

    private Future<HttpClientResponse> ask(TestProxy proxy, String target) {
      return proxy
          .client(HttpVersion.HTTP_2)
          .request(HttpMethod.GET, target)
          .compose(HttpClientRequest::send);
    }
  }
}
