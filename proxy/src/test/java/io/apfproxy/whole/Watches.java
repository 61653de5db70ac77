package io.apfproxy.whole;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Many idle watches over HTTP/2. Closing it ends them. */
final class Watches implements AutoCloseable {
  private static final int STREAMS = 100;
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final HttpClientAgent http;
  private final CountDownLatch missing;

  private Watches(HttpClientAgent http, int number) {
    this.http = http;
    this.missing = new CountDownLatch(number);
  }

  /**
   * Returns when each has got its first event, or after a minute.
   *
   * @param port of the front
   */
  static Watches open(Vertx vertx, Path authority, int port, String token, int number)
      throws InterruptedException {
    HttpClientAgent http =
        vertx.createHttpClient(
            Clients.options(authority, port, Protocol.H2).setHttp2MultiplexingLimit(STREAMS),
            new PoolOptions()
                .setHttp2MaxSize((number + STREAMS - 1) / STREAMS)
                .setMaxWaitQueueSize(-1));
    Watches watches = new Watches(http, number);
    for (int i = 0; i < number; i++) {
      watches.openOne(token);
    }
    watches.missing.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS);
    return watches;
  }

  private void openOne(String token) {
    http.request(
            new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setURI(FastUpstream.WATCH)
                .putHeader("Authorization", "Bearer " + token))
        .compose(HttpClientRequest::send)
        .onSuccess(this::answered);
  }

  private void answered(HttpClientResponse response) {
    if (response.statusCode() == 200) {
      boolean[] isFirst = {true};
      response.handler(
          event -> {
            if (isFirst[0]) {
              isFirst[0] = false;
              missing.countDown();
            }
          });
    }
  }

  /** How many did not open. */
  long missing() {
    return missing.getCount();
  }

  @Override
  public void close() {
    http.close();
  }
}
