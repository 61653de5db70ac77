package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of requests beyond the limits, and that each gives back what it took, once. */
class RequestLimitsIT {
  private static final String WATCH = "/api/v1/pods?watch=true";

  private final Vertx vertx = Vertx.vertx();
  private final Queue<HttpServerRequest> served = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    served.add(request);
    if (request.uri().contains("watch=")) {
      request.response().putHeader("Content-Type", "application/json").setChunked(true);
      request.response().write(request.uri().endsWith("half") ? "{" : "{}\n");
    } else {
      request.response().end("ok");
    }
  }

  private void with(RequestLimits limits, Consumer<TestProxy> test) {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2);
        TestProxy proxy = TestProxy.before(vertx, upstream.port()).requests(limits).start()) {
      test.accept(proxy);
      served.stream()
          .map(HttpServerRequest::response)
          .filter(watch -> !watch.ended() && !watch.closed())
          .forEach(HttpServerResponse::end);
      proxy.expectRest();
      await()
          .untilAsserted(
              () ->
                  assertThat(proxy.server.bounds())
                      .filteredOn(bound -> bound.rule().matches("(watches|waiting).*"))
                      .hasSize(4)
                      .allMatch(bound -> bound.used().getAsLong() == 0));
    }
  }

  private static RequestLimits watches(int total, int ofUser, int starts) {
    return new RequestLimits(total, ofUser, starts, 0, 0, 0);
  }

  private static long used(TestProxy proxy, String rule) {
    return proxy.bound(rule).used().getAsLong();
  }

  /**
   * @param body of a refusal; of a watch, none
   */
  private record Answer(HttpClientResponse head, Buffer body) {
    int code() {
      return head.statusCode();
    }
  }

  private static Answer open(HttpClient client, String target) {
    return open(client, target, "Bearer alice");
  }

  private static Answer open(HttpClient client, String target, String authorization) {
    return get(
        client
            .request(HttpMethod.GET, target)
            .compose(
                request ->
                    request
                        .putHeader("Authorization", authorization)
                        .send()
                        .compose(
                            head ->
                                head.statusCode() == 200
                                    ? Future.succeededFuture(new Answer(head, Buffer.buffer()))
                                    : head.body().map(body -> new Answer(head, body)))));
  }

  private static Predicate<Bound> overflowed(String rule) {
    return overflowed(rule, 1);
  }

  private static Predicate<Bound> overflowed(String rule, int times) {
    return bound -> bound.rule().equals(rule) && bound.overflows().getAsLong() == times;
  }

  private static void expectRefusal(Answer answer) {
    assertThat(answer.code()).isEqualTo(429);
    assertThat(answer.head().getHeader("Retry-After")).isEqualTo("1");
    assertThat(answer.head().getHeader("Content-Type")).isEqualTo("application/json");
    JsonObject status = answer.body().toJsonObject();
    assertThat(status.getString("kind")).isEqualTo("Status");
    assertThat(status.getString("reason")).isEqualTo("TooManyRequests");
    assertThat(status.getJsonObject("details").getInteger("retryAfterSeconds")).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void refusesAWatchBeyondItsUsersShareUntilAnotherEnds(HttpVersion version) {
    with(
        watches(2, 1, 0),
        proxy -> {
          HttpClient client = proxy.client(version);
          open(client, WATCH);
          Answer second = open(client, WATCH);
          expectRefusal(open(client, WATCH));
          assertThat(proxy.events.refusals).containsExactly("watches-of-user");
          assertThat(proxy.server.bounds()).anyMatch(overflowed("watches-of-user"));
          assertThat(served).hasSize(2);
          assertThat(open(client, "/api/v1/pods").code()).isEqualTo(200);
          second.head().request().reset(8);
          await().until(() -> used(proxy, "watches-total") == 1);
          assertThat(open(client, WATCH).code()).isEqualTo(200);
        });
  }

  @Test
  @Tag("S58")
  void refusesNoWatchOfOneUserWhileThereIsRoom() {
    with(
        watches(1_000, 2, 1),
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          List<Future<HttpClientResponse>> storm =
              IntStream.range(0, 200)
                  .mapToObj(
                      i -> client.request(HttpMethod.GET, WATCH).compose(HttpClientRequest::send))
                  .toList();
          assertThat(storm).extracting(one -> get(one).statusCode()).containsOnly(200);
        });
  }

  /** Who has most loses the oldest when all are taken; it can go on elsewhere, or later. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  @Tag("S58")
  void endsAWatchOfTheUserWithMostForOneWhoHasNone(HttpVersion version) {
    with(
        watches(5, 1, 0),
        proxy -> {
          HttpClient client = proxy.client(version);
          Future<Void> oldest = open(client, WATCH).head().end();
          for (int i = 0; i < 3; i++) {
            open(client, WATCH);
          }
          open(client, WATCH, "Bearer bob");
          assertThat(oldest.isComplete()).isFalse();
          assertThat(open(client, WATCH, "Bearer carol").code()).isEqualTo(200);
          get(oldest);
          expectRefusal(open(client, WATCH));
          assertThat(used(proxy, "watches-total")).isEqualTo(5);
          assertThat(used(proxy, "watches-of-user")).isEqualTo(3);
        });
  }

  @Test
  @Tag("S58")
  void saysOfAWatchThatGaveWayInTheMiddleOfAnEventThatItDid() {
    with(
        watches(2, 1, 0),
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          Future<Void> oldest = open(client, WATCH + "&half").head().end();
          open(client, WATCH);

          assertThat(open(client, WATCH, "Bearer bob").code()).isEqualTo(200);

          await().atMost(Duration.ofSeconds(60)).until(oldest::failed);
          assertThat(proxy.events.aborts).containsExactly("gave-way");
        });
  }

  /** How a watch can come to its end. */
  enum End {
    CLIENT,
    UPSTREAM,
    UPSTREAM_FAULT,
    REJECTED,
    LEFT_THE_QUEUE
  }

  @ParameterizedTest
  @EnumSource
  void givesThePlaceOfAWatchBackHoweverItEnds(End end) {
    with(
        watches(1, 1, 0),
        proxy -> {
          HttpClient client = proxy.client(HttpVersion.HTTP_2);
          switch (end) {
            case CLIENT -> open(client, WATCH).head().request().reset(8);
            case UPSTREAM -> {
              Future<Void> ended = open(client, WATCH).head().end();
              served.remove().response().end();
              get(ended);
            }
            case UPSTREAM_FAULT -> {
              open(client, WATCH);
              served.remove().response().reset(2);
            }
            case REJECTED -> {
              proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
              assertThat(open(client, WATCH).code()).isEqualTo(429);
            }
            case LEFT_THE_QUEUE -> {
              proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
              HttpClientRequest request = get(client.request(HttpMethod.GET, WATCH));
              request.end();
              await().until(() -> proxy.flowControl.waiting.size() == 1);
              assertThat(used(proxy, "watches-total")).isEqualTo(1);
              request.reset(8);
            }
          }
          await().until(() -> used(proxy, "watches-total") == 0);
          proxy.flowControl.answer = FakeFlowControl.Answer.EXECUTE;
          assertThat(open(client, WATCH).code()).isEqualTo(200);
        });
  }

  /** S51. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void refusesToLetMoreHeadsWaitThanThereIsRoomFor(HttpVersion version) {
    with(
        new RequestLimits(0, 0, 0, 100_000, 0, 0),
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClient client = proxy.client(version);
          String large = "/api/v1/pods?labelSelector=" + "a".repeat(20_000);
          Future<HttpClientResponse> waiting =
              client.request(HttpMethod.GET, large).compose(HttpClientRequest::send);
          await().until(() -> used(proxy, "waiting-head-bytes") > 80_000);
          expectQueueFull(open(client, large).head());
          assertThat(proxy.server.bounds()).anyMatch(overflowed("waiting-head-bytes"));
          // the last fifth is for those who have less
          expectQueueFull(open(client, "/api", "Bearer somebody").head());
          Future<HttpClientResponse> small =
              client
                  .request(HttpMethod.GET, "/api")
                  .compose(request -> request.putHeader("Authorization", "Bearer bob").send());
          executeAll(proxy, 2);
          assertThat(get(waiting).statusCode()).isEqualTo(200);
          assertThat(get(small).statusCode()).isEqualTo(200);
        });
  }

  /** S51. */
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void refusesToLetMoreBodiesWaitThanThereIsRoomFor(HttpVersion version) {
    with(
        new RequestLimits(0, 0, 0, 0, 100_000, 0),
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClient client = proxy.client(version);
          Future<HttpClientResponse> waiting = post(client, 70_000);
          await().until(() -> used(proxy, "waiting-body-bytes") == 70_000);
          expectQueueFull(get(post(client, 70_000)));
          assertThat(proxy.server.bounds()).anyMatch(overflowed("waiting-body-bytes", 2));
          Future<HttpClientResponse> small = post(client, 1_000);
          await().until(() -> used(proxy, "waiting-body-bytes") == 71_000);
          executeAll(proxy, 2);
          assertThat(get(waiting).statusCode()).isEqualTo(200);
          assertThat(get(small).statusCode()).isEqualTo(200);
        });
  }

  private static Future<HttpClientResponse> post(HttpClient client, int length) {
    return client
        .request(HttpMethod.POST, "/api/v1/namespaces")
        .compose(request -> request.send(Buffer.buffer(new byte[length])));
  }

  private static void executeAll(TestProxy proxy, int number) {
    await().until(() -> proxy.flowControl.waiting.size() == number);
    for (int i = 0; i < number; i++) {
      proxy.flowControl.waiting.element().execute();
    }
  }

  private static void expectQueueFull(HttpClientResponse response) {
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.getHeader("Retry-After")).isEqualTo("1");
    assertThat(response.getHeader("Content-Type")).startsWith("application/json");
    assertThat(response.getHeader("X-Kubernetes-PF-FlowSchema-UID")).isEqualTo("schema-uid");
  }
}
