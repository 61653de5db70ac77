package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Account;
import io.apfproxy.report.Account.End;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Upstreams and clients that leave, break or are too late. */
final class ForwarderFaultIT extends ForwardingFixture {
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
  @Tag("S85")
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
                  .compose(
                      request ->
                          request
                              .send()
                              .onSuccess(
                                  answer -> {
                                    answer.handler(half::tryComplete);
                                    answer.exceptionHandler(cut -> clean.tryComplete(false));
                                    answer.endHandler(end -> clean.tryComplete(true));
                                  })));
          assertThat(get(half.future())).hasToString("half");
          get(seen.future()).response().reset(2);
          assertThat(get(clean.future())).isFalse();
          assertThat(proxy.events.aborts).containsExactly("upstream-broken");
        });
  }

  /** So its client goes on from the last event, and does not list anew (L-94). */
  @ParameterizedTest
  @CsvSource({"HTTP_1_1, watch, true", "HTTP_2, watch, true", "HTTP_2, half, false"})
  void endsAWatchThatBreaksBetweenTwoEventsAsIfItHadEndedThere(
      HttpVersion down, String name, boolean whole) {
    String event = whole ? "{\"type\":\"BOOKMARK\"}\n" : "{\"type\":";
    Promise<HttpServerRequest> seen = Promise.promise();
    through(
        HttpVersion.HTTP_2,
        request -> {
          request.response().putHeader("Content-Type", "application/json");
          request.response().setChunked(true).write(event);
          seen.complete(request);
        },
        proxy -> {
          Promise<Buffer> first = Promise.promise();
          Promise<Boolean> clean = Promise.promise();
          get(
              proxy
                  .client(down)
                  .request(
                      HttpMethod.GET, "/api/v1/pods?watch=1&fieldSelector=metadata.name=" + name)
                  .compose(
                      request ->
                          request
                              .send()
                              .onSuccess(
                                  answer -> {
                                    answer.handler(first::tryComplete);
                                    answer.exceptionHandler(cut -> clean.tryComplete(false));
                                    answer.endHandler(end -> clean.tryComplete(true));
                                  })));
          assertThat(get(first.future())).hasToString(event);

          get(seen.future()).connection().close();

          assertThat(get(clean.future())).isEqualTo(whole);
          proxy.expectRest();
          Account account = proxy.events.account();
          assertThat(account.rule()).isEqualTo("upstream-broken");
          assertThat(account.end()).isEqualTo(whole ? End.FINISHED : End.CUT);
        });
  }

  @Tag("I2")
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  @Tag("S85")
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

  @Tag("S84")
  @Test
  void answers503WithRetryAfterWhenNothingListens() {
    try (TestProxy proxy = new TestProxy(vertx, 1)) {
      HttpClientResponse response =
          send(proxy.client(HttpVersion.HTTP_1_1), HttpMethod.GET, "/api/v1/pods");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.getHeader("Retry-After")).containsOnlyDigits();
      assertThat(Integer.parseInt(response.getHeader("Retry-After"))).isBetween(1, 5);
      assertThat(response.getHeader("X-Kubernetes-PF-FlowSchema-UID")).isEqualTo("schema-uid");
      proxy.expectRest();
    }
  }

  @Tag("S95")
  @Test
  void answers504AndCancelsWhenTheTimeIsUp() {
    Promise<Throwable> cancelled = Promise.promise();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> request.response().exceptionHandler(cancelled::tryComplete),
                HttpVersion.HTTP_2);
        TestProxy proxy =
            TestProxy.before(vertx, upstream.port())
                // long enough for the request to come to the upstream, on a busy machine too
                .requestTimeout(Duration.ofSeconds(3))
                .start()) {
      HttpClientResponse response =
          send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods");
      assertThat(response.statusCode()).isEqualTo(504);
      assertThat(response.getHeader("Retry-After")).isNull();
      assertThat(get(cancelled.future())).isInstanceOf(StreamResetException.class);
      proxy.expectRest();
      Account account = proxy.events.account();
      assertThat(account.endedAt() - account.answeredAt())
          .as("it keeps its seats until the upstream has noticed")
          .isGreaterThan(Duration.ofMillis(900).toNanos());
    }
  }

  @Tag("I2")
  @Tag("S85")
  @Tag("S86")
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
                      .compose(
                          request ->
                              request
                                  .send(Buffer.buffer(body))
                                  .compose(
                                      response -> {
                                        status.set(response.statusCode());
                                        return response.body();
                                      })));
          assertThat(status).hasValue(code);
          assertThat(Arrays.equals(echoed.getBytes(), body)).isEqualTo(code == 200);
        });
  }

  @Tag("S84")
  @Tag("S85")
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
}
