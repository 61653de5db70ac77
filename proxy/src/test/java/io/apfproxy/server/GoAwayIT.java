package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.bodyOf;
import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.Http2WireClient;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.walk.GoAwayChance;
import io.apfproxy.upstream.wire.ToldToGo;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that are sent to another connection. */
class GoAwayIT {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private TestProxy proxy(FakeUpstream upstream, double chance) {
    return TestProxy.before(vertx, upstream.port()).goAwayChance(chance).start();
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
      Future<Long> told = ToldToGo.on(slow.connection());
      Future<Buffer> slowAnswer = bodyOf(slow);
      get(seen.future());
      HttpClientRequest quick = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      assertThat(quick.connection()).isSameAs(slow.connection());
      assertThat(get(bodyOf(quick))).hasToString("quick");

      assertThat(get(told)).isZero();
      get(seen.future()).response().end("slow");
      assertThat(get(slowAnswer)).hasToString("slow");

      HttpClientRequest next = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      assertThat(next.connection()).isNotSameAs(slow.connection());
      assertThat(get(bodyOf(next))).hasToString("quick");
      proxy.expectRest();
    }
  }

  @Test
  void losesNoAnswerOfAClientThatIsSentAwayAfterEach() throws Exception {
    try (TestProxy proxy =
            TestProxy.before(vertx, 1)
                .heads(
                    head -> {
                      throw new RefusedException(401, "Unauthorized", "token", "Unauthorized");
                    })
                .start();
        Http2WireClient client =
            new Http2WireClient(
                URI.create("https://127.0.0.1:" + proxy.port()), FakeUpstream.trusting())) {
      Callable<Integer> exchange =
          () -> client.exchange("GET", "/api/v1/pods", List.of(), new byte[0]).status();
      ExecutorService threads = Executors.newFixedThreadPool(4);

      List<java.util.concurrent.Future<Integer>> answers =
          threads.invokeAll(Collections.nCopies(400, exchange));

      threads.shutdownNow();
      for (java.util.concurrent.Future<Integer> answer : answers) {
        assertThat(answer.get()).isEqualTo(401);
      }
      assertThat(client.cutOff()).isZero();
    }
  }

  /** Source: kube-apiserver, UnauthenticatedHTTP2DOSMitigation. */
  @ParameterizedTest
  @CsvSource({"none, true", "Bearer somebody, false"})
  void endsTheConnectionOfStrangersAfterEachAnswer(String authorization, boolean goes) {
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx, request -> request.response().end("quick"), HttpVersion.HTTP_1_1);
        TestProxy proxy = proxy(upstream, 0)) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      HttpClientRequest first = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      Future<Long> told = ToldToGo.on(first.connection());
      first.putHeader("Authorization", authorization);
      assertThat(get(bodyOf(first))).hasToString("quick");
      if (goes) {
        assertThat(get(told)).isZero();
      }

      HttpClientRequest second = get(client.request(HttpMethod.GET, "/api/v1/pods"));

      assertThat(second.connection() == first.connection()).isEqualTo(!goes);
      second.putHeader("Authorization", authorization);
      assertThat(get(bodyOf(second))).hasToString("quick");
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
      get(bodyOf(first));
      HttpClientRequest second = get(client.request(HttpMethod.GET, "/api/v1/pods"));
      assertThat(second.connection()).isSameAs(first.connection());
      get(bodyOf(second));
    }
  }
}
