package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that begin more uploads than their level has seats, and end none. */
@Tag("S30")
class GhostUploadIT {
  private static final int SEATS = 4;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger seen = new AtomicInteger();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private FakeUpstream upstream(HttpVersion version) {
    return FakeUpstream.http(
        vertx,
        request -> {
          request.exceptionHandler(gone -> {});
          request.response().exceptionHandler(gone -> {});
          if (request.method().equals(HttpMethod.GET)) {
            request.response().end("ok");
          } else {
            seen.incrementAndGet();
            request.handler(body -> {});
          }
        },
        version);
  }

  private TestProxy before(FakeUpstream upstream) {
    TestProxy proxy = new TestProxy(vertx, upstream.port());
    proxy.otherFlowControl = OneLevel.of(SEATS);
    return proxy;
  }

  /** Says 200,000 bytes, and sends so many. */
  private static HttpClientRequest upload(HttpClient client, int sent) {
    HttpClientRequest request =
        get(client.request(HttpMethod.POST, "/api/v1/namespaces"))
            .putHeader("Content-Length", "200000")
            .putHeader("Authorization", "Bearer bob");
    request.exceptionHandler(gone -> {});
    request.write(Buffer.buffer(new byte[sent]));
    return request;
  }

  private static int ask(HttpClient client) {
    return get(client
            .request(HttpMethod.GET, "/api/v1/pods")
            .compose(HttpClientRequest::send)
            .map(HttpClientResponse::statusCode))
        .intValue();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void holdNoSeatsBeforeTheirBodiesBegin(HttpVersion version) {
    try (FakeUpstream upstream = upstream(HttpVersion.HTTP_2);
        TestProxy proxy = before(upstream)) {
      HttpClient client = proxy.client(version);
      List<HttpClientRequest> ghosts = new ArrayList<>();
      for (int i = 0; i < 2 * SEATS; i++) {
        ghosts.add(upload(client, 100));
      }
      await().until(() -> proxy.events.held(Held.EXCHANGE) == 2 * SEATS);
      assertThat(ask(proxy.client(HttpVersion.HTTP_2))).isEqualTo(200);
      assertThat(seen).hasValue(0);
      ghosts.forEach(HttpClientRequest::reset);
      proxy.expectRest();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void giveWayWhenOthersWaitForTheirSeats(HttpVersion to) {
    try (FakeUpstream upstream = upstream(to);
        TestProxy proxy = before(upstream)) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      List<Future<HttpClientResponse>> answers = new ArrayList<>();
      for (int i = 0; i < SEATS; i++) {
        answers.add(upload(client, 100_000).response());
      }
      await().until(() -> seen.get() == SEATS);
      assertThat(ask(proxy.client(HttpVersion.HTTP_2))).isEqualTo(200);
      assertThat(answers).anySatisfy(answer -> assertThat(get(answer).statusCode()).isEqualTo(408));
      client.shutdown();
      await().until(() -> proxy.events.held(Held.EXCHANGE) == 0);
    }
  }
}
