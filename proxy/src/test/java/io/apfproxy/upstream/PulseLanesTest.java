package io.apfproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which connections pulses take, by a clock of the test's and a server that counts them. */
@Tag("L-40")
class PulseLanesTest {
  private static final long AGE = Duration.ofSeconds(60).toNanos();

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final AtomicInteger connections = new AtomicInteger();
  private URI url = URI.create("http://127.0.0.1");

  @BeforeEach
  void listen() throws Exception {
    HttpServer server =
        vertx
            .createHttpServer()
            .connectionHandler(any -> connections.incrementAndGet())
            .requestHandler(request -> request.response().end());
    url = URI.create("http://127.0.0.1:" + get(server.listen(0, "127.0.0.1")).actualPort());
  }

  @AfterEach
  void close() throws Exception {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private PulseLanes lanes(int number, long now) {
    return new PulseLanes(
        vertx, () -> new UpstreamConfig(url, null, false, null, null, null), number, now);
  }

  /** So many pulses, each answered before the next. */
  private void pulse(PulseLanes lanes, int times, long now) throws Exception {
    for (int i = 0; i < times; i++) {
      Promise<Void> answered = Promise.promise();
      loop.runOnContext(
          turn ->
              lanes
                  .next(now)
                  .get("/livez/ping")
                  .compose(HttpClientRequest::send)
                  .compose(HttpClientResponse::end)
                  .onComplete(answered));
      get(answered.future());
    }
  }

  @Test
  void takeEachInTurnAndMakeEachAnewAfterAMinute() throws Exception {
    PulseLanes lanes = lanes(3, 0);

    pulse(lanes, 30, 0);
    assertThat(connections).hasValue(3);
    pulse(lanes, 30, AGE - 1);
    assertThat(connections).hasValue(3);
    pulse(lanes, 30, AGE);
    assertThat(connections).hasValue(6);
    pulse(lanes, 2, 2 * AGE);
    assertThat(connections).as("each when it is its turn").hasValue(8);
  }

  /** Where nothing is judged by it, nobody is to shake hands for it. */
  @Test
  void keepTheOnlyOneAsLongAsItIsGood() throws Exception {
    PulseLanes lanes = lanes(1, 0);

    pulse(lanes, 3, 0);
    pulse(lanes, 3, 10 * AGE);

    assertThat(connections).hasValue(1);
  }
}
