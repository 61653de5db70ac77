package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameUpstream;
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
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that come before the request was sent to its end. */
@Tag("S32")
class EarlyAnswerIT {
  private static final int ANSWERS = 6;

  /** So many bytes come before a request asks for seats. */
  private static final int BEGINNING = (3 << 20) + 1;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  /** One whose body does not come at all, and has not to, and one whose body does not end. */
  private static int refused(HttpClient client, int number) {
    HttpClientRequest request;
    if (number % 2 == 0) {
      request =
          get(client.request(HttpMethod.POST, "/api/v1/namespaces/a/pods/b/proxy/c"))
              .putHeader("Content-Length", "100");
      get(request.writeHead());
    } else {
      request =
          get(client.request(HttpMethod.POST, "/api/v1/namespaces"))
              .putHeader("Content-Length", "" + 2 * BEGINNING);
      request.write(Buffer.buffer(new byte[BEGINNING])); // which the answer may cut short
    }
    return get(request.response()).statusCode();
  }

  @Test
  void leaveNoConnectionBehindOverHttp1() {
    Set<Object> open = ConcurrentHashMap.newKeySet();
    AtomicInteger requests = new AtomicInteger();
    try (FakeUpstream upstream =
            FakeUpstream.raw(
                vertx,
                socket -> {
                  open.add(socket);
                  socket.closeHandler(closed -> open.remove(socket));
                  socket.handler(
                      head -> {
                        socket.handler(body -> {});
                        requests.incrementAndGet();
                        socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
                      });
                });
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      for (int i = 0; i < ANSWERS; i++) {
        assertThat(refused(proxy.client(HttpVersion.HTTP_1_1), i)).isEqualTo(403);
      }
      await().untilAsserted(() -> assertThat(open).isEmpty());
      await().until(() -> proxy.events.held(Held.UPSTREAM_CONNECTION) == 0);
      assertThat(requests).hasValue(ANSWERS);
      proxy.expectRest();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void leaveNoStreamBehindOverHttp2(HttpVersion down) {
    Set<Object> reset = ConcurrentHashMap.newKeySet();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> {
                  request.exceptionHandler(cause -> reset.add(request));
                  request.response().setStatusCode(403).end();
                },
                HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      for (int i = 0; i < ANSWERS; i++) {
        assertThat(refused(proxy.client(down), i)).isEqualTo(403);
      }
      await().untilAsserted(() -> assertThat(reset).hasSize(ANSWERS));
      assertThat(proxy.events.held(Held.UPSTREAM_CONNECTION)).as("lanes").isEqualTo(2);
      proxy.expectRest();
    }
  }

  /**
   * As Go resets the stream of a request that it answers without reading all of it: RFC 9113 8.1.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void arriveWholeAtAClientThatReadsLate(boolean declared) throws IOException {
    int length = 210_000; // less than a window
    try (FrameUpstream upstream =
            FrameUpstream.start(
                request -> {
                  if (declared) {
                    request
                        .on()
                        .headers(
                            request.stream(), false, ":status: 403", "content-length: " + length);
                  } else {
                    request.on().headers(request.stream(), false, ":status: 403");
                  }
                  for (int sent = 0; sent < length; sent += length / 30) {
                    request
                        .on()
                        .data(
                            request.stream(), sent + length / 30 == length, new byte[length / 30]);
                  }
                  request.reset(0);
                });
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      HttpClientRequest request =
          get(proxy
                  .client(HttpVersion.HTTP_2)
                  .request(HttpMethod.POST, "/api/v1/namespaces/a/pods/b/proxy/c"))
              .putHeader("Content-Length", "" + 2 * BEGINNING);
      request.write(Buffer.buffer(new byte[1]));
      HttpClientResponse answer = get(request.response().onSuccess(HttpClientResponse::pause));
      await().until(() -> proxy.events.held(Held.UPSTREAM_STREAM) == 0);

      Future<Buffer> body = answer.body();
      answer.resume();
      assertThat(get(body).length()).isEqualTo(length);
      proxy.expectRest();
    }
  }
}
