package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.upstream.ProxyEvents.Held;
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
import io.vertx.core.http.StreamResetException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests and responses on their way through, over every pair of protocol versions. */
class ForwarderIT {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static void echo(HttpServerRequest request) {
    request.response().setChunked(true);
    request.handler(
        bytes -> {
          request.response().write(bytes);
          if (request.response().writeQueueFull()) {
            request.pause();
            request.response().drainHandler(drained -> request.resume());
          }
        });
    request.endHandler(end -> request.response().end());
  }

  private void through(
      HttpVersion upstreamVersion, Consumer<HttpServerRequest> handler, Consumer<TestProxy> test) {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, handler, upstreamVersion);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      test.accept(proxy);
      proxy.expectRest();
    }
  }

  private static HttpClientResponse send(HttpClient client, HttpMethod method, String target) {
    return get(client.request(method, target).compose(HttpClientRequest::send));
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,HTTP_1_1", "HTTP_1_1,HTTP_2", "HTTP_2,HTTP_1_1", "HTTP_2,HTTP_2"})
  void echoesEightMebibytesBothWays(HttpVersion down, HttpVersion up) {
    byte[] body = new byte[8 << 20];
    new Random(1).nextBytes(body);
    through(
        up,
        ForwarderIT::echo,
        proxy -> {
          Buffer answer =
              get(
                  proxy
                      .client(down)
                      .request(HttpMethod.POST, "/api/v1/namespaces")
                      .compose(request -> request.send(Buffer.buffer(body)))
                      .compose(HttpClientResponse::body));
          assertThat(Arrays.equals(answer.getBytes(), body)).isTrue();
        });
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,HTTP_1_1", "HTTP_1_1,HTTP_2", "HTTP_2,HTTP_1_1", "HTTP_2,HTTP_2"})
  void sendsTheHeadOfAnIdleWatchAtOnceAndThenEachEvent(HttpVersion down, HttpVersion up) {
    Promise<HttpServerRequest> seen = Promise.promise();
    through(
        up,
        request -> {
          request.response().putHeader("Content-Type", "application/json").writeHead();
          seen.complete(request);
        },
        proxy -> {
          HttpClientRequest request =
              get(proxy.client(down).request(HttpMethod.GET, "/api/v1/pods?watch=1"));
          Promise<Buffer> event = Promise.promise();
          HttpClientResponse response =
              get(
                  request
                      .send()
                      .onSuccess(answer -> answer.handler(bytes -> event.tryComplete(bytes))));
          assertThat(response.statusCode()).isEqualTo(200);
          get(seen.future()).response().write("{}\n");
          assertThat(get(event.future())).hasToString("{}\n");
          assertThat(proxy.flowControl.initialised.get()).isEqualTo(1);
          assertThat(proxy.events.held(Held.UPSTREAM_STREAM)).isEqualTo(1);
          request.reset(8);
        });
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,HTTP_1_1", "HTTP_1_1,HTTP_2", "HTTP_2,HTTP_1_1", "HTTP_2,HTTP_2"})
  void cancelsTheUpstreamWhenTheClientLeaves(HttpVersion down, HttpVersion up) {
    Promise<Throwable> cancelled = Promise.promise();
    Promise<Void> seen = Promise.promise();
    through(
        up,
        request -> {
          request.response().exceptionHandler(cancelled::tryComplete);
          request.response().closeHandler(gone -> cancelled.tryComplete(null));
          seen.complete();
        },
        proxy -> {
          HttpClientRequest request =
              get(proxy.client(down).request(HttpMethod.GET, "/api/v1/pods"));
          request.end();
          get(seen.future());
          assertThat(proxy.flowControl.executing.get()).isEqualTo(1);
          request.reset(8);
          Throwable cause = get(cancelled.future());
          if (up == HttpVersion.HTTP_2) {
            assertThat(((StreamResetException) cause).getCode()).isEqualTo(8);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1,HTTP_1_1", "HTTP_1_1,HTTP_2", "HTTP_2,HTTP_1_1", "HTTP_2,HTTP_2"})
  void neverEndsATruncatedBodyCleanly(HttpVersion down, HttpVersion up) {
    Promise<HttpServerRequest> seen = Promise.promise();
    through(
        up,
        request -> {
          request.response().setChunked(true).write("half");
          seen.complete(request);
        },
        proxy -> {
          Promise<Buffer> half = Promise.promise();
          Promise<Boolean> clean = Promise.promise();
          get(
              proxy
                  .client(down)
                  .request(HttpMethod.GET, "/api/v1/pods")
                  .compose(HttpClientRequest::send)
                  .onSuccess(
                      answer -> {
                        answer.handler(half::tryComplete);
                        answer.exceptionHandler(cut -> clean.tryComplete(false));
                        answer.endHandler(end -> clean.tryComplete(true));
                      }));
          assertThat(get(half.future())).hasToString("half");
          get(seen.future()).response().reset(2);
          assertThat(get(clean.future())).isFalse();
          assertThat(proxy.events.aborts).containsExactly("upstream-broken");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void answers502WithoutRetryAfterWhenTheUpstreamBreaksBeforeItsHead(HttpVersion up) {
    AtomicInteger requests = new AtomicInteger();
    through(
        up,
        request -> {
          requests.incrementAndGet();
          request.response().reset(2);
        },
        proxy -> {
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods");
          assertThat(response.statusCode()).isEqualTo(502);
          assertThat(response.getHeader("Retry-After")).isNull();
          assertThat(response.getHeader("Audit-Id")).isNotEmpty();
          assertThat(requests.get()).isEqualTo(1);
        });
  }

  @Test
  void answers503WithRetryAfterWhenNothingListens() {
    try (TestProxy proxy = new TestProxy(vertx, 1)) {
      HttpClientResponse response =
          send(proxy.client(HttpVersion.HTTP_1_1), HttpMethod.GET, "/api/v1/pods");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.getHeader("Retry-After")).isEqualTo("1");
      assertThat(response.getHeader("X-Kubernetes-PF-FlowSchema-UID")).isEqualTo("schema-uid");
      proxy.expectRest();
    }
  }

  @Test
  void answers504AndCancelsWhenTheTimeIsUp() {
    Promise<Throwable> cancelled = Promise.promise();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> request.response().exceptionHandler(cancelled::tryComplete),
                HttpVersion.HTTP_2);
        TestProxy proxy =
            new TestProxy(vertx, upstream.port(), Duration.ofMillis(300), TestProxy::read)) {
      HttpClientResponse response =
          send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods");
      assertThat(response.statusCode()).isEqualTo(504);
      assertThat(response.getHeader("Retry-After")).isNull();
      assertThat(proxy.flowControl.executing.get()).isEqualTo(1);
      assertThat(get(cancelled.future())).isInstanceOf(StreamResetException.class);
      proxy.expectRest();
    }
  }

  @Test
  void sendsARefusedStreamOnceMore() {
    AtomicInteger requests = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> {
          if (requests.incrementAndGet() == 1) {
            request.response().reset(7);
          } else {
            request.response().end("ok");
          }
        },
        proxy -> {
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods");
          assertThat(response.statusCode()).isEqualTo(200);
          assertThat(requests.get()).isEqualTo(2);
        });
  }

  /** 40 KiB come back whole; of 100 KiB too much is gone. */
  @ParameterizedTest
  @CsvSource({"HTTP_1_1,40,200", "HTTP_2,40,200", "HTTP_1_1,100,503", "HTTP_2,100,503"})
  void sendsAShortBodyOfARefusedStreamOnceMore(HttpVersion down, int kibibytes, int code) {
    byte[] body = new byte[kibibytes << 10];
    new Random(1).nextBytes(body);
    AtomicInteger requests = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> {
          if (requests.incrementAndGet() == 1) {
            request.body().onSuccess(read -> request.response().reset(7));
          } else {
            request.body().onSuccess(read -> request.response().end(read));
          }
        },
        proxy -> {
          AtomicInteger status = new AtomicInteger();
          Buffer echoed =
              get(
                  proxy
                      .client(down)
                      .request(HttpMethod.POST, "/api/v1/namespaces/a/pods")
                      .compose(request -> request.send(Buffer.buffer(body)))
                      .compose(
                          response -> {
                            status.set(response.statusCode());
                            return response.body();
                          }));
          assertThat(status).hasValue(code);
          assertThat(Arrays.equals(echoed.getBytes(), body)).isEqualTo(code == 200);
        });
  }

  @Test
  void answers503WhenAStreamIsRefusedTwice() {
    AtomicInteger requests = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> {
          requests.incrementAndGet();
          request.response().reset(7);
        },
        proxy -> {
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_1_1), HttpMethod.GET, "/api/v1/pods");
          assertThat(response.statusCode()).isEqualTo(503);
          assertThat(requests.get()).isEqualTo(2);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void readsNoBodyBeforeTheRequestHasItsSeats(HttpVersion down) {
    AtomicInteger requests = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> {
          requests.incrementAndGet();
          echo(request);
        },
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          Future<HttpClientResponse> answer =
              proxy
                  .client(down)
                  .request(HttpMethod.POST, "/api/v1/namespaces")
                  .compose(request -> request.send(Buffer.buffer(new byte[3 << 20])));
          await().until(() -> proxy.flowControl.waiting.size() == 1);
          assertThat(requests.get()).isZero();
          proxy.flowControl.waiting.element().execute();
          assertThat(get(answer.compose(HttpClientResponse::body)).length()).isEqualTo(3 << 20);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void freesTheQueuePlaceOfAClientThatLeaves(HttpVersion down) {
    AtomicInteger requests = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> requests.incrementAndGet(),
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClientRequest request =
              get(proxy.client(down).request(HttpMethod.GET, "/api/v1/pods"));
          request.end();
          await().until(() -> proxy.flowControl.waiting.size() == 1);
          request.reset(8);
          await().until(() -> proxy.flowControl.cancelled.get() == 1);
          assertThat(requests.get()).isZero();
        });
  }

  @Test
  void timesOutInTheQueueAfterAQuarterOfTheAllowance() {
    through(
        HttpVersion.HTTP_2,
        ForwarderIT::echo,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods?timeout=400ms");
          assertThat(response.statusCode()).isEqualTo(429);
          assertThat(proxy.flowControl.cancelled.get()).isEqualTo(1);
        });
  }

  @Test
  void refusesAsKubeApiserverDoes() {
    through(
        HttpVersion.HTTP_2,
        ForwarderIT::echo,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.REJECT;
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_1_1), HttpMethod.POST, "/api/v1/namespaces");
          assertThat(response.statusCode()).isEqualTo(429);
          assertThat(response.getHeader("Retry-After")).isEqualTo("7");
          assertThat(response.getHeader("Content-Type")).isEqualTo("text/plain; charset=utf-8");
          assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
          assertThat(response.getHeader("X-Kubernetes-PF-FlowSchema-UID")).isEqualTo("schema-uid");
          assertThat(response.getHeader("X-Kubernetes-PF-PriorityLevel-UID"))
              .isEqualTo("level-uid");
          assertThat(response.getHeader("X-Apf-Flowschema")).isEqualTo("schema");
        });
  }

  @Test
  void keepsUpstreamsFlowHeadersAndNamesOurs() {
    through(
        HttpVersion.HTTP_2,
        request ->
            request
                .response()
                .putHeader("X-Kubernetes-PF-FlowSchema-UID", "theirs")
                .putHeader("Connection-Specific", "kept")
                .end("ok"),
        proxy -> {
          HttpClientResponse response =
              send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods");
          assertThat(response.headers().getAll("X-Kubernetes-PF-FlowSchema-UID"))
              .containsExactly("theirs");
          assertThat(response.getHeader("X-Apf-Prioritylevel")).isEqualTo("level");
        });
  }

  @Test
  void answersHeadAndNoContentWithoutBody() {
    through(
        HttpVersion.HTTP_1_1,
        request -> {
          if (request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader("Content-Length", "17").end();
          } else {
            request.response().setStatusCode(204).end();
          }
        },
        proxy -> {
          try (RawClient client = new RawClient(proxy.port())) {
            client.send("HEAD /api/v1/pods HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead())
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("content-length: 17");
            client.send("DELETE /api/v1/pods HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead())
                .startsWith("HTTP/1.1 204")
                .doesNotContainIgnoringCase("transfer-encoding");
            client.send("HEAD /api/v1/pods HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
          }
        });
  }

  @Test
  void asksForTheBodyOnlyOnceItHasSeats() {
    through(
        HttpVersion.HTTP_2,
        ForwarderIT::echo,
        proxy -> {
          proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
          try (RawClient client = new RawClient(proxy.port())) {
            client
                .send("POST /api/v1/pods HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n")
                .send("Expect: 100-continue\r\n\r\n");
            await().until(() -> proxy.flowControl.waiting.size() == 1);
            proxy.flowControl.waiting.element().execute();
            assertThat(client.readHead()).startsWith("HTTP/1.1 100");
            client.send("ok");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
          }
        });
  }

  @Test
  void stopsReadingTheUpstreamWhenTheClientDoesNotRead() {
    AtomicInteger written = new AtomicInteger();
    through(
        HttpVersion.HTTP_2,
        request -> {
          request.response().setChunked(true);
          vertx.setPeriodic(
              1,
              tick -> {
                if (!request.response().closed() && !request.response().writeQueueFull()) {
                  written.addAndGet(1 << 20);
                  request.response().write(Buffer.buffer(new byte[1 << 20]));
                }
              });
        },
        proxy -> {
          HttpClientRequest request =
              get(proxy.client(HttpVersion.HTTP_2).request(HttpMethod.GET, "/api/v1/pods"));
          get(request.send().onSuccess(HttpClientResponse::pause));
          await()
              .pollDelay(Duration.ofSeconds(2))
              .untilAsserted(() -> assertThat(written.get()).isBetween(1 << 20, 24 << 20));
          request.reset(8);
        });
  }
}
