package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.upstream.members.Outage;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That the upstream's own queues are full is told to who decides on seats. */
@Tag("L-45")
class InnerRefusalIT {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "/api/v1/pods, text/plain; charset=utf-8, 1",
    "/api/v1/pods, application/json, 0",
    "/api/v1/namespaces/a/services/s/proxy/, text/plain, 0"
  })
  void countsForRequestsWithSeatsThatItsFlowControlRefused(String target, String type, int told) {
    AtomicInteger refusals = new AtomicInteger();
    Outage outage =
        new Outage(
            Duration.ZERO,
            System::nanoTime,
            new Outage.Listener() {
              @Override
              public void refusedInside() {
                refusals.incrementAndGet();
              }
            });
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request ->
                    request
                        .response()
                        .setStatusCode(429)
                        .putHeader("Content-Type", type)
                        .putHeader("X-Kubernetes-PF-FlowSchema-UID", "uid")
                        .end("Too many requests, please try again later.\n"),
                HttpVersion.HTTP_2);
        TestProxy proxy = TestProxy.before(vertx, upstream.port()).outage(outage).start()) {
      HttpClientResponse answer =
          get(
              proxy
                  .client(HttpVersion.HTTP_2)
                  .request(HttpMethod.GET, target)
                  .compose(
                      request ->
                          request
                              .send()
                              .compose(response -> response.body().map(body -> response))));

      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(refusals).hasValue(told);
    }
  }
}
