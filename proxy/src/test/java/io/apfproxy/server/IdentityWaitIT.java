package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.UserInfo;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests of which it is not known yet who asks. */
@Tag("S51")
final class IdentityWaitIT extends ForwardingFixture {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Promise<Identity> review = Promise.promise();
  private final AtomicInteger forwarded = new AtomicInteger();
  private final FakeUpstream upstream =
      FakeUpstream.http(
          vertx,
          request -> {
            forwarded.incrementAndGet();
            request.response().end("ok");
          },
          HttpVersion.HTTP_2);

  private TestProxy proxy(RequestLimits limits) {
    TestProxy proxy = TestProxy.before(vertx, upstream.port()).requests(limits).start();
    proxy.identities = (head, request) -> review.future();
    return proxy;
  }

  private static Identity somebody() {
    return new Identity(
        UserInfo.ANONYMOUS,
        UserInfo.ANONYMOUS,
        Identity.Mode.PASS_THROUGH,
        new Identity.Assertion(null, false, List.of(Map.entry("Authorization", "Bearer a"))));
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void waitNoLongerForItThanForSeats(HttpVersion down) {
    try (TestProxy proxy = proxy(RequestLimits.NONE)) {
      HttpClientResponse answer =
          send(proxy.client(down), HttpMethod.GET, "/api/v1/pods?timeout=400ms");

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.getHeader("Retry-After")).isEqualTo("1");
      assertThat(proxy.events.refusals).containsExactly("identity-time-out");
      review.complete(somebody());
      proxy.expectRest();
      proxy.identities = (head, request) -> review.future();
      assertThat(send(proxy.client(down), HttpMethod.GET, "/api/v1/pods").statusCode())
          .isEqualTo(200);
      assertThat(forwarded).as("the one that was refused is not sent").hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void areForgottenWhenTheirClientsLeave(HttpVersion down) {
    try (TestProxy proxy = proxy(new RequestLimits(0, 0, 0, 1 << 20, 1 << 20, 0))) {
      HttpClientRequest request = get(proxy.client(down).request(HttpMethod.GET, "/api/v1/pods"));
      request.end();
      await().atMost(LONG).until(() -> used(proxy) > 0);

      request.reset(8);

      await().atMost(LONG).until(() -> proxy.events.held(Held.EXCHANGE) == 0);
      await().atMost(LONG).until(() -> used(proxy) == 0);
      review.complete(somebody());
      proxy.expectRest();
      assertThat(forwarded).hasValue(0);
    }
  }

  @Test
  void standInTheBoundsOfAllThatWait() {
    try (TestProxy proxy = proxy(new RequestLimits(0, 0, 0, 16 << 10, 0, 0))) {
      var first =
          proxy
              .client(HttpVersion.HTTP_2)
              .request(HttpMethod.GET, "/api/v1/pods")
              .compose(HttpClientRequest::send);
      await().atMost(LONG).until(() -> used(proxy) > 0);

      HttpClientResponse second =
          send(proxy.client(HttpVersion.HTTP_2), HttpMethod.GET, "/api/v1/pods");

      assertThat(second.statusCode()).isEqualTo(429);
      assertThat(proxy.events.refusals).containsExactly("queue-full");
      review.complete(somebody());
      assertThat(get(first).statusCode()).isEqualTo(200);
      proxy.expectRest();
      assertThat(used(proxy)).isZero();
    }
  }

  private static long used(TestProxy proxy) {
    var used = proxy.bound("waiting-head-bytes").used();
    return used == null ? 0 : used.getAsLong();
  }
}
