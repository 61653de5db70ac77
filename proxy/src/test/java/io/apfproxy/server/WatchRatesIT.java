package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many watches that bring events all the time. With {@code -Dapf.watches=10000} as many as the
 * specification has, where there are descriptors for them.
 */
@DisplayName("Counting what watches send (L-73, L-74)")
class WatchRatesIT {
  private static final Duration PATIENCE =
      Duration.ofSeconds(60 + Integer.getInteger("apf.watches", 0) / 50);
  private static final int WATCHES = Integer.getInteger("apf.watches", 200);
  private static final int OF_A_CLIENT = 100;

  /** As many as come in five seconds at five a second. */
  private static final int ROUNDS = 25;

  private static final int CALLS = 2_000_000;
  private static final String EVENT =
      "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"Pod\",\"status\":\""
          + "x".repeat(400)
          + "\"}}\n";

  private final Vertx vertx = Vertx.vertx();
  private final Queue<HttpServerResponse> watched = new ConcurrentLinkedQueue<>();
  private final AtomicLong received = new AtomicLong();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    HttpServerResponse response = request.response().setChunked(true);
    watched.add(response);
    response.putHeader("Content-Type", "application/json").writeHead();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void isRightForEachEventAndCostsLittleBesideIt(HttpVersion up) {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, this::serve, up);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      for (int i = 0; i < WATCHES; i += OF_A_CLIENT) {
        HttpClient client = proxy.client(HttpVersion.HTTP_2);
        for (int j = 0; j < OF_A_CLIENT; j++) {
          watch(client);
        }
      }
      await().atMost(PATIENCE).until(() -> proxy.flowControl.initialised.get() == WATCHES);
      assertThat(watched).hasSize(WATCHES);

      long before = processorNanos();
      for (int round = 1; round <= ROUNDS; round++) {
        watched.forEach(response -> response.write(EVENT));
        long bytes = (long) round * WATCHES * EVENT.length();
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(10))
            .until(() -> received.get() == bytes);
      }
      double event = (double) (processorNanos() - before) / WATCHES / ROUNDS;

      double counted = nanosToCountOne();
      System.out.printf(
          "%s: %d watches, %d events, %d pieces; an event takes %.0f us of processor here, in"
              + " server, proxy and client, of which %.3f us count it%n",
          up,
          WATCHES,
          WATCHES * ROUNDS,
          proxy.events.watchPieces.get(),
          event / 1e3,
          counted / 1e3);
      assertThat((double) proxy.events.watchPieces.get() / WATCHES / ROUNDS).isBetween(0.98, 1.02);
      assertThat(proxy.events.watchBytes.get()).isEqualTo((long) WATCHES * ROUNDS * EVENT.length());
      assertThat(counted / event).as("share of what an event takes").isLessThan(0.01);
      watched.forEach(HttpServerResponse::end);
      proxy.expectRest();
    }
  }

  private void watch(HttpClient client) {
    client
        .request(HttpMethod.GET, "/api/v1/pods?watch=1")
        .compose(
            request ->
                request
                    .send()
                    .onSuccess(head -> head.handler(bytes -> received.addAndGet(bytes.length()))));
  }

  /** By the counters that the product has. */
  private static double nanosToCountOne() {
    try (ProxyMetrics metrics = new ProxyMetrics()) {
      Reporter counters = metrics.events();
      for (int i = 0; i < CALLS; i++) {
        counters.watchPiece(i);
      }
      long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (int i = 0; i < CALLS; i++) {
        counters.watchPiece(i);
      }
      long after = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      return (double) (after - before) / CALLS;
    }
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
