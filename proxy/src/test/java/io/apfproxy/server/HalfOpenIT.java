package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.FrameUpstream;
import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Connections whose sockets are open and whose other end is gone. */
@Tag("S87")
class HalfOpenIT {
  private static final String WATCH = "/api/v1/pods?watch=true";

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static void serve(HttpServerRequest request) {
    if (request.uri().equals(WATCH)) {
      request.response().writeHead();
    } else {
      request.response().end("ok");
    }
  }

  private static CompletableFuture<Void> cut(HttpClientResponse watch) {
    CompletableFuture<Void> cut = new CompletableFuture<>();
    watch.exceptionHandler(cut::completeExceptionally);
    watch.endHandler(cut::complete);
    return cut;
  }

  private static HttpClientResponse send(HttpClient client, String target) {
    return get(client.request(HttpMethod.GET, target).compose(HttpClientRequest::send));
  }

  /** Each waits for times that the proxy has, so they wait together. */
  @TestFactory
  Stream<DynamicTest> isSeenByItsSilenceAlone() {
    Map<String, SideBySide.Body> tests = new LinkedHashMap<>();
    tests.put("gives back what a vanished client held", this::givesBackWhatAVanishedClientHeld);
    tests.put(
        "keeps a silent connection whose other end answers",
        this::keepsASilentConnectionWhoseOtherEndAnswers);
    tests.put(
        "notices that the path to the upstream is dead and takes another",
        this::noticesThatThePathToTheUpstreamIsDeadAndTakesAnother);
    tests.put("notices an upstream that answers no ping", this::noticesAnUpstreamThatAnswersNoPing);
    return SideBySide.run(tests.size(), tests);
  }

  private void noticesThatThePathToTheUpstreamIsDeadAndTakesAnother() {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, HalfOpenIT::serve, HttpVersion.HTTP_2);
        TcpRelay wire = new TcpRelay(upstream.port());
        TestProxy proxy = new TestProxy(vertx, wire.port())) {
      // Given
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      CompletableFuture<Void> watch = cut(send(client, WATCH));
      send(client, "/api/v1/pods");
      assertThat(proxy.events.held(Held.UPSTREAM_CONNECTION)).isEqualTo(2);

      // When
      wire.links().forEach(TcpRelay.Link::freeze);

      // Then: what was on its way may have been executed, what comes later is not
      assertThat(send(client, "/api/v1/pods").statusCode()).isEqualTo(502);
      assertThat(send(client, "/api/v1/pods").statusCode()).isEqualTo(200);
      await().atMost(Duration.ofSeconds(60)).until(watch::isCompletedExceptionally);
      proxy.expectRest();
    }
  }

  private void keepsASilentConnectionWhoseOtherEndAnswers() {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, HalfOpenIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      CompletableFuture<Void> watch = cut(send(proxy.client(HttpVersion.HTTP_2), WATCH));

      await()
          .during(Duration.ofSeconds(12))
          .atMost(Duration.ofSeconds(60))
          .until(() -> !watch.isDone());
    }
  }

  private void noticesAnUpstreamThatAnswersNoPing() throws IOException {
    try (FrameUpstream upstream = FrameUpstream.start(request -> request.part(200, "{}\n"));
        TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      upstream.acknowledging(false);
      CompletableFuture<Void> watch = cut(send(proxy.client(HttpVersion.HTTP_2), WATCH));

      await().atMost(Duration.ofSeconds(60)).until(watch::isDone);
      proxy.expectRest();
    }
  }

  private void givesBackWhatAVanishedClientHeld() {
    try (FakeUpstream upstream = FakeUpstream.http(vertx, HalfOpenIT::serve, HttpVersion.HTTP_2);
        TestProxy proxy = new TestProxy(vertx, upstream.port());
        TcpRelay wire = new TcpRelay(proxy.port())) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      RequestOptions throughTheWire =
          new RequestOptions().setPort(wire.port()).setMethod(HttpMethod.GET).setURI(WATCH);
      get(client.request(throughTheWire).compose(HttpClientRequest::send));
      assertThat(proxy.events.held(Held.UPSTREAM_STREAM)).isEqualTo(1);

      wire.freeze();

      await()
          .atMost(75, TimeUnit.SECONDS)
          .until(() -> proxy.events.held(Held.UPSTREAM_STREAM) == 0);
      proxy.expectRest();
    }
  }
}
