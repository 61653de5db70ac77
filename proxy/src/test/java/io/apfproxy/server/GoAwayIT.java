package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.GoAway;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that are sent to another connection. */
class GoAwayIT {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private TestProxy proxy(FakeUpstream upstream, double chance) {
    return new TestProxy(
        vertx,
        TestProxy.upstreamConfig(upstream.port()),
        Duration.ofSeconds(60),
        TestProxy::read,
        chance);
  }

  @Test
  void rollsOncePerRequest() {
    Iterator<Double> numbers = List.of(0.0, 0.019, 0.02, 0.9).iterator();
    GoAwayChance chance = new GoAwayChance(vertx, 0.02, numbers::next);
    assertThat(List.of(chance.hits(), chance.hits(), chance.hits(), chance.hits()))
        .containsExactly(true, true, false, false);
    assertThat(new GoAwayChance(vertx, 0, () -> 0).hits()).isFalse();
  }

  @Test
  void letsWhatRunsOnTheConnectionFinish() {
    Promise<HttpServerRequest> seen = Promise.promise();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> {
                  if (request.path().endsWith("pods")) {
                    request.response().end("quick");
                  } else {
                    seen.complete(request);
                  }
                },
                HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, 1)) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      HttpClientRequest slow = get(client.request(HttpMethod.GET, "/api/v1/nodes"));
      Promise<GoAway> told = Promise.promise();
      slow.connection().goAwayHandler(told::tryComplete);
      Future<HttpClientResponse> slowAnswer = slow.send();
      get(seen.future());
      HttpClientRequest quick = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      assertThat(quick.connection()).isSameAs(slow.connection());
      assertThat(get(quick.send().compose(HttpClientResponse::body))).hasToString("quick");

      assertThat(get(told.future()).getErrorCode()).isZero();
      get(seen.future()).response().end("slow");
      assertThat(get(slowAnswer.compose(HttpClientResponse::body))).hasToString("slow");

      HttpClientRequest next = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      assertThat(next.connection()).isNotSameAs(slow.connection());
      assertThat(get(next.send().compose(HttpClientResponse::body))).hasToString("quick");
      proxy.expectRest();
    }
  }

  @Test
  void keepsHttp1Connections() {
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx, request -> request.response().end("quick"), HttpVersion.HTTP_2);
        TestProxy proxy = proxy(upstream, 1)) {
      HttpClient client = proxy.client(HttpVersion.HTTP_1_1);
      HttpClientRequest first = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      get(first.send().compose(HttpClientResponse::body));
      HttpClientRequest second = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      assertThat(second.connection()).isSameAs(first.connection());
      get(second.send().compose(HttpClientResponse::body));
    }
  }
}
