package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests and responses on their way through, over every pair of protocol versions. */
final class ForwarderIT extends ForwardingFixture {
  @ParameterizedTest
  @CsvSource({"HTTP_1_1,HTTP_1_1", "HTTP_1_1,HTTP_2", "HTTP_2,HTTP_1_1", "HTTP_2,HTTP_2"})
  void echoesEightMebibytesBothWays(HttpVersion down, HttpVersion up) {
    byte[] body = new byte[8 << 20];
    new Random(1).nextBytes(body);
    through(
        up,
        ForwardingFixture::echo,
        proxy -> {
          Buffer answer =
              get(
                  proxy
                      .client(down)
                      .request(HttpMethod.POST, "/api/v1/namespaces")
                      .compose(
                          request ->
                              request.send(Buffer.buffer(body)).compose(HttpClientResponse::body)));
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
          // some milliseconds after the last event, of which the client may have heard before
          await().until(() -> proxy.flowControl.initialised.get() == 1);
          assertThat(proxy.events.held(Held.UPSTREAM_STREAM)).isEqualTo(1);
          request.reset(8);
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

  @Tag("S54")
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
