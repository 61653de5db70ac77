package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.Enforcement;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.LevelSnapshot;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.timer.Timers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * A proxy whose only level is in shadow. Its one seat is held by the first of the requests, so it
 * would hold back all the others. Source: specification seeing.md V-38, V-39.
 */
abstract class ShadowHoleFixture extends ForwardingFixture {
  static final Duration LONG = Duration.ofSeconds(60);
  static final String TARGET = "/api/v1/pods";
  static final RequestLimits NONE = RequestLimits.NONE;

  final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
  private ApfFlowControl control;

  /** A proxy whose level is in shadow; it refuses nobody. */
  final void shadow(
      RequestLimits limits, Consumer<HttpServerRequest> upstream, Consumer<TestProxy> test) {
    shadow(vertx, ConnectionLimits.NONE, limits, upstream, test);
  }

  final void shadow(
      Vertx vertx,
      ConnectionLimits connections,
      RequestLimits limits,
      Consumer<HttpServerRequest> upstream,
      Consumer<TestProxy> test) {
    try (FakeUpstream server = FakeUpstream.http(vertx, upstream, HttpVersion.HTTP_2);
        ProxyMetrics metrics = new ProxyMetrics();
        Timers later = new Timers("shadow");
        TestProxy proxy =
            TestProxy.before(vertx, server.port())
                .requestTimeout(LONG.multipliedBy(4)) // a quarter of it for who would wait
                .connections(connections)
                .requests(limits)
                .start()) {
      control = OneLevel.of(1, Enforcement.SHADOW, metrics.flow(), later);
      proxy.otherFlowControl = control;
      test.accept(proxy);
      await()
          .atMost(LONG)
          .until(
              () -> {
                held.forEach(ShadowHoleFixture::answer);
                return proxy.events.held(Held.EXCHANGE) == 0;
              });
      proxy.expectRest();
      assertThat(refusedByLevel(metrics)).isEmpty();
    }
  }

  static void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      response.end("{}");
    }
  }

  /** What waits in the level or holds its seat. */
  final int inLevel() {
    LevelSnapshot level =
        control.snapshot().stream()
            .filter(one -> one.name().equals("level"))
            .findFirst()
            .orElseThrow();
    return level.waiting() + level.executing();
  }

  /** V-38. */
  private static List<String> refusedByLevel(ProxyMetrics metrics) {
    return metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith("apiserver_flowcontrol_rejected_requests_total{"))
        .filter(line -> line.contains("priority_level=\"level\"") && !line.endsWith(" 0.0"))
        .toList();
  }

  static HttpClientResponse ask(HttpClient client, String target) {
    return get(started(client, target));
  }

  static Future<HttpClientResponse> started(HttpClient client, String target) {
    return client.request(HttpMethod.GET, target).compose(HttpClientRequest::send);
  }

  /** The first of them holds the seat, the others would wait for it. */
  final void fill(HttpClient client, int requests) {
    for (int i = 1; i <= requests; i++) {
      var unused = started(client, TARGET);
      int sentOn = i;
      await().atMost(LONG).until(() -> held.size() == sentOn);
    }
  }
}
