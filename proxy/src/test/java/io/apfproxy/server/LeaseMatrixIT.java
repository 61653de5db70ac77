package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Each state of a request against each thing that can happen to it: the lease is closed once, and
 * the one seat then serves the next.
 */
@Tag("S50")
class LeaseMatrixIT {
  /*
   * Left out: what a state has no part in (nothing upstream can happen to what waits, a watch has no
   * deadline), and connections that are cut without a word, which need a relay and minutes.
   */
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int AT_A_TIME = 4;

  /** Long enough to come into the state; a quarter of it is for waiting. */
  private static final String DEADLINE = "?timeout=8s";

  /** More than is read before a request asks for seats. */
  private static final int HALF = 100_000;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  enum State {
    BODY_COMING,
    WAITING,
    HEAD_SENT,
    BODY_HALFWAY,
    RESPONSE_HALFWAY,
    WATCHING;

    boolean atUpstream() {
      return compareTo(WAITING) > 0;
    }
  }

  enum Event {
    CLIENT_RESETS,
    CLIENT_CLOSES,
    UPSTREAM_RESETS,
    UPSTREAM_CLOSES,
    UPSTREAM_GOES_AWAY,
    UPSTREAM_ANSWERS_500,
    DEADLINE,
    EXCEPTION,
    LEVEL_REMOVED,
    SHUTDOWN;

    boolean fits(State state) {
      return switch (this) {
        case UPSTREAM_RESETS, UPSTREAM_CLOSES, UPSTREAM_GOES_AWAY -> state.atUpstream();
        case UPSTREAM_ANSWERS_500 -> state == State.HEAD_SENT || state == State.BODY_HALFWAY;
        case DEADLINE -> state != State.WATCHING;
        case LEVEL_REMOVED -> state != State.BODY_COMING;
        default -> true;
      };
    }
  }

  @TestFactory
  Stream<DynamicTest> closesTheLeaseOnce() {
    Map<String, SideBySide.Body> cells = new LinkedHashMap<>();
    for (HttpVersion down : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
      for (State state : State.values()) {
        for (Event event : Event.values()) {
          if (event.fits(state)) {
            cells.put(state + " " + event + " " + down, () -> new Cell(down, state, event).run());
          }
        }
      }
    }
    return SideBySide.run(AT_A_TIME, cells);
  }

  private final class Cell {
    private final HttpVersion down;
    private final State state;
    private final Event event;
    private final OneSeat seats = new OneSeat();
    private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
    private final AtomicInteger bodyBytes = new AtomicInteger();
    private final Promise<Void> half = Promise.promise();

    Cell(HttpVersion down, State state, Event event) {
      this.down = down;
      this.state = state;
      this.event = event;
    }

    private void serve(HttpServerRequest request) {
      request.response().exceptionHandler(gone -> {});
      request.exceptionHandler(gone -> {});
      if (request.path().endsWith("next")) {
        request.response().end("next");
        return;
      }
      if (request.path().endsWith("parts") || request.uri().contains("watch")) {
        request.response().putHeader("Content-Type", "application/json").setChunked(true);
        request.response().write("{}\n");
      }
      request.handler(bytes -> bodyBytes.addAndGet(bytes.length()));
      held.add(request);
    }

    void run() {
      try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
          TestProxy proxy = new TestProxy(vertx, upstream.port())) {
        proxy.otherFlowControl = seats;
        Future<HttpClientResponse> blocker = null;
        if (state == State.WAITING) {
          blocker = ask(proxy.client(HttpVersion.HTTP_2), "/api/v1/blocker");
          await().atMost(LONG).until(() -> held.size() == 1);
        }
        HttpClient client = proxy.client(down);
        HttpClientRequest request = begin(client);
        Future<HttpClientResponse> answer = request.response();
        answer.onSuccess(
            head -> {
              head.exceptionHandler(cut -> {});
              head.handler(bytes -> half.tryComplete());
            });
        send(request);
        reach(proxy);

        if (event == Event.SHUTDOWN) {
          Future<Void> stopped = proxy.server.shutdown(Duration.ofMillis(1500));
          await().atMost(LONG).until(stopped::isComplete);
        } else {
          happen(proxy, request);
        }
        if (blocker != null) {
          held.element().response().end("blocked");
          if (event != Event.SHUTDOWN) {
            get(blocker);
          }
          if (event == Event.LEVEL_REMOVED) {
            await().atMost(LONG).until(() -> held.size() == 2);
            held.forEach(
                each -> {
                  if (!each.response().ended()) {
                    each.response().end("held");
                  }
                });
          }
        }

        await()
            .atMost(LONG)
            .untilAsserted(
                () -> {
                  assertThat(proxy.events.held(Held.EXCHANGE)).isZero();
                  assertThat(proxy.events.held(Held.UPSTREAM_STREAM)).isZero();
                  assertThat(seats.waiting).hasValue(0);
                });
        if (event != Event.SHUTDOWN) {
          HttpClientResponse next =
              get(
                  proxy
                      .client(HttpVersion.HTTP_1_1)
                      .request(HttpMethod.GET, "/api/v1/next")
                      .compose(HttpClientRequest::send));
          assertThat(next.statusCode()).as("the next").isEqualTo(200);
          await().atMost(LONG).until(() -> proxy.events.held(Held.EXCHANGE) == 0);
        }
        boolean none = state == State.BODY_COMING && event == Event.SHUTDOWN;
        assertThat(seats.leases.isEmpty()).isEqualTo(none);
        assertThat(seats.leases).allSatisfy(lease -> assertThat(lease).hasValue(1));
      }
    }

    private HttpClientRequest begin(HttpClient client) {
      boolean limited = event == Event.DEADLINE;
      String query = state == State.WATCHING ? "?watch=1" : limited ? DEADLINE : "";
      String target = state == State.RESPONSE_HALFWAY ? "/api/v1/parts" : "/api/v1/held";
      boolean body = state == State.BODY_COMING || state == State.BODY_HALFWAY;
      HttpMethod method = body ? HttpMethod.POST : HttpMethod.GET;
      return get(client.request(method, target + query));
    }

    private void send(HttpClientRequest request) {
      request.exceptionHandler(gone -> {});
      switch (state) {
        case BODY_COMING -> {
          request.putHeader("Content-Length", "10");
          request.write("12345");
        }
        case BODY_HALFWAY -> {
          request.putHeader("Content-Length", "" + 2 * HALF);
          request.write(Buffer.buffer(new byte[HALF]));
        }
        default -> request.end();
      }
    }

    /** By what stays so: with a deadline the state may be over before this thread looks. */
    private void reach(TestProxy proxy) {
      switch (state) {
        case BODY_COMING -> await().atMost(LONG).until(() -> proxy.events.requests.get() == 1);
        case WAITING -> await().atMost(LONG).until(() -> seats.asked.get() == 2);
        case HEAD_SENT -> await().atMost(LONG).until(() -> held.size() == 1);
        case BODY_HALFWAY -> await().atMost(LONG).until(() -> bodyBytes.get() == HALF);
        default -> get(half.future());
      }
    }

    @SuppressWarnings("deprecation") // shutdown() would not close what is told to go
    private void happen(TestProxy proxy, HttpClientRequest request) {
      HttpServerRequest last = state.atUpstream() ? held.element() : null;
      switch (event) {
        case CLIENT_RESETS -> request.reset(8);
        case CLIENT_CLOSES -> get(request.connection().close());
        case UPSTREAM_RESETS -> last.response().reset(2);
        case UPSTREAM_CLOSES -> get(last.connection().close());
        case UPSTREAM_GOES_AWAY -> {
          last.connection().goAway(0);
          last.response().end("{}\n");
        }
        case UPSTREAM_ANSWERS_500 -> last.response().setStatusCode(500).end("broken");
        case EXCEPTION -> fail(proxy, request, last);
        case LEVEL_REMOVED -> {
          seats.removeLevel();
          if (last != null) {
            last.response().end("{}\n");
          }
        }
        default -> {} // time passes
      }
    }

    private void fail(TestProxy proxy, HttpClientRequest request, HttpServerRequest last) {
      switch (state) {
        case BODY_COMING, WAITING -> {
          proxy.traps.set("EXCHANGE given back", IllegalStateException::new);
          request.reset(8);
        }
        case HEAD_SENT, BODY_HALFWAY -> {
          proxy.traps.set("responded", IllegalStateException::new);
          last.response().end("whole");
        }
        default -> {
          proxy.traps.set("response bytes", IllegalStateException::new);
          last.response().write("{}\n");
        }
      }
    }

    private Future<HttpClientResponse> ask(HttpClient client, String target) {
      return client.request(HttpMethod.GET, target).compose(HttpClientRequest::send);
    }
  }
}
