package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.LimitReading;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A proxy with rate limits before an upstream that answers at once. */
abstract class RateLimitFixture extends ForwardingFixture {
  static final String TARGET = "/api/v1/namespaces/shop/pods/web-0";
  static final int LARGE = 400_000;
  static final double SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Answers at once, but a watch, which it begins. */
  static void serve(HttpServerRequest request) {
    if (request.uri().contains("watch=")) {
      request
          .response()
          .putHeader("Content-Type", "application/json")
          .setChunked(true)
          .write("{}\n");
    } else if (request.uri().endsWith("/proxy/")) {
      request.body().onSuccess(body -> request.response().end());
    } else if (request.uri().endsWith("/pods") || request.uri().endsWith("/log")) {
      request.response().end(Buffer.buffer(new byte[LARGE]));
    } else {
      request.response().end("ok");
    }
  }

  void limited(Consumer<TestProxy> test, RateLimit... limits) {
    limited(RateLimitFixture::serve, test, limits);
  }

  void limited(
      Consumer<HttpServerRequest> upstream, Consumer<TestProxy> test, RateLimit... limits) {
    through(
        HttpVersion.HTTP_2,
        upstream,
        proxy -> {
          proxy.rateLimits.apply(List.of(limits));
          test.accept(proxy);
          await()
              .atMost(Duration.ofSeconds(60))
              .until(() -> proxy.bound("rate-limit-waiting").used().getAsLong() == 0);
        });
  }

  record Answer(HttpClientResponse head, Buffer body, long sentAt, long cameAt) {
    boolean passed() {
      return head.statusCode() == 200;
    }
  }

  static Future<Answer> ask(HttpClient client, String target, String user) {
    long sentAt = System.nanoTime();
    return client
        .request(HttpMethod.GET, target)
        .compose(
            request ->
                request
                    .putHeader("Authorization", "Bearer " + user)
                    .send()
                    .compose(
                        head ->
                            target.contains("watch=") && head.statusCode() == 200
                                ? Future.succeededFuture(
                                    new Answer(head, Buffer.buffer(), sentAt, System.nanoTime()))
                                : head.body()
                                    .map(
                                        body ->
                                            new Answer(head, body, sentAt, System.nanoTime()))));
  }

  static LimitReading reading(TestProxy proxy) {
    return proxy.rateLimits.read().get(0);
  }

  static void expectRefusal(Answer answer, String limit) {
    assertThat(answer.head().statusCode()).isEqualTo(429);
    assertThat(answer.head().getHeader("Content-Type")).isEqualTo("application/json");
    assertThat(answer.head().getHeader("X-Apf-Ratelimit")).isEqualTo(limit);
    JsonObject status = answer.body().toJsonObject();
    assertThat(status.getString("kind")).isEqualTo("Status");
    assertThat(status.getString("reason")).isEqualTo("TooManyRequests");
    int seconds = Integer.parseInt(answer.head().getHeader("Retry-After"));
    assertThat(seconds).isPositive();
    assertThat(status.getJsonObject("details").getInteger("retryAfterSeconds")).isEqualTo(seconds);
    assertThat(status.getString("message"))
        .startsWith("too many requests: ")
        .endsWith("; try again in " + seconds + " s")
        .doesNotContain(limit);
  }
}
