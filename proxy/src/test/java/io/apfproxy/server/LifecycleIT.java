package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.bodyOf;
import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.Http2WireClient;
import io.apfproxy.fixtures.raw.WireResponse;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.upstream.wire.ToldToGo;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.net.ConnectException;
import java.net.URI;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How the listener stops, and how its certificate is replaced. */
class LifecycleIT {
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** Of what ends by itself, which it does in time on a busy machine too. */
  private static final Duration LONG_GRACE = Duration.ofMinutes(2);

  private static final int LARGE = 1 << 20;

  private final Vertx vertx = Vertx.vertx();
  private final Promise<HttpServerRequest> slow = Promise.promise();
  private final Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
  private final Promise<Void> watchCancelled = Promise.promise();
  private volatile String events = "";
  private final FakeUpstream upstream =
      FakeUpstream.http(vertx, this::serve, HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);

  @AfterEach
  void close() {
    upstream.close();
    get(vertx.close());
  }

  private void serve(HttpServerRequest request) {
    if (request.path().endsWith("pods")) {
      request.response().exceptionHandler(gone -> watchCancelled.tryComplete());
      request.response().putHeader("Content-Type", "application/json").setChunked(true);
      request.response().write(events);
    } else if (request.path().endsWith("held")) {
      held.add(request);
    } else if (request.path().endsWith("nodes")) {
      slow.complete(request);
    } else {
      request.response().end("quick");
    }
  }

  /** A watch that a client reads. */
  private static final class Watch {
    final AtomicReference<String> text = new AtomicReference<>("");
    final Promise<Boolean> endedCleanly = Promise.promise();

    Watch(HttpClient client, String sent) {
      get(
          client
              .request(HttpMethod.GET, "/api/v1/pods?watch=1")
              .compose(
                  request ->
                      request
                          .send()
                          .onSuccess(
                              head -> {
                                head.handler(bytes -> text.updateAndGet(before -> before + bytes));
                                head.exceptionHandler(cut -> endedCleanly.tryComplete(false));
                                head.endHandler(end -> endedCleanly.tryComplete(true));
                              })));
      await().until(() -> text.get().equals(sent));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_1_1, true, '{}\n'",
    "HTTP_2, true, '{}\n'",
    "HTTP_1_1, false, '{}\n{'",
    "HTTP_2, false, '{}\n{'"
  })
  void endsAWatchCleanlyOnlyBetweenTwoEvents(HttpVersion down, boolean clean, String sent) {
    events = sent;
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      Watch watch = new Watch(proxy.client(down), sent);
      Future<Void> stopped = proxy.server.shutdown(GRACE);
      assertThat(get(watch.endedCleanly.future())).isEqualTo(clean);
      assertThat(watch.text.get()).isEqualTo(sent);
      get(watchCancelled.future());
      get(stopped);
      proxy.expectRest();
    }
  }

  /** All at once they would all come to the next proxy at once. */
  @Tag("S94")
  @Test
  void spreadsTheEndsOfWatches() {
    events = "{}\n";
    int number = 40;
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      Queue<Long> ends = new ConcurrentLinkedQueue<>();
      for (int i = 0; i < number; i++) {
        new Watch(client, events)
            .endedCleanly
            .future()
            .onSuccess(clean -> ends.add(System.nanoTime()));
      }
      long asked = System.nanoTime();

      Future<Void> stopped = proxy.server.shutdown(GRACE);

      await().atMost(Duration.ofSeconds(60)).until(() -> ends.size() == number);
      long last = ends.stream().mapToLong(Long::longValue).max().orElseThrow();
      assertThat(Duration.ofNanos(last - asked)).isGreaterThan(Duration.ofMillis(300));
      get(stopped);
      proxy.expectRest();
    }
  }

  @Tag("S94")
  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void refusesWhatStillWaitsShortlyBeforeItStops(HttpVersion down) {
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
      Future<HttpClientResponse> answer =
          proxy
              .client(down)
              .request(HttpMethod.GET, "/api/v1/pods")
              .compose(HttpClientRequest::send);
      await().until(() -> proxy.flowControl.waiting.size() == 1);

      Future<Void> stopped = proxy.server.shutdown(Duration.ofSeconds(3));

      assertThat(get(answer).statusCode()).isEqualTo(429);
      assertThat(get(answer).getHeader("Retry-After")).isEqualTo("5");
      get(stopped);
      proxy.expectRest();
    }
  }

  @Tag("S94")
  @Test
  void letsWhatWaitsRunWithinTheGrace() {
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      proxy.flowControl.answer = FakeFlowControl.Answer.WAIT;
      Future<HttpClientResponse> answer =
          proxy
              .client(HttpVersion.HTTP_2)
              .request(HttpMethod.GET, "/version")
              .compose(HttpClientRequest::send);
      await().until(() -> proxy.flowControl.waiting.size() == 1);

      Future<Void> stopped = proxy.server.shutdown(LONG_GRACE);
      proxy.flowControl.waiting.element().execute();

      assertThat(get(answer).statusCode()).isEqualTo(200);
      get(stopped);
      proxy.expectRest();
    }
  }

  @Test
  void finishesARequestAfterItToldItsClientAndRefusedNewOnes() {
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      HttpClientRequest request =
          get(proxy.client(HttpVersion.HTTP_2).request(HttpMethod.GET, "/api/v1/nodes"));
      Future<Long> told = ToldToGo.on(request.connection());
      Future<String> answer =
          request.send().compose(head -> head.body().map(body -> head.statusCode() + " " + body));
      get(slow.future());

      Future<Void> stopped = proxy.server.shutdown(LONG_GRACE);

      assertThat(get(told)).isZero();
      for (HttpVersion version : List.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)) {
        assertThat(
                get(
                    proxy
                        .client(version)
                        .request(HttpMethod.GET, "/version")
                        .compose(HttpClientRequest::send)
                        .map(HttpClientResponse::statusCode)))
            .isEqualTo(429);
      }
      assertThat(stopped.isComplete()).isFalse();
      assertThat(proxy.flowControl.executing.get()).isEqualTo(1);
      get(slow.future()).response().end("slow");
      assertThat(get(answer)).isEqualTo("200 slow");
      get(stopped);
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(
                          () ->
                              get(
                                  proxy
                                      .client(HttpVersion.HTTP_2)
                                      .request(HttpMethod.GET, "/version")))
                      .hasCauseInstanceOf(ConnectException.class));
      proxy.expectRest();
    }
  }

  /** Who reads much sends much, and what meets a closed socket resets the connection. */
  @Test
  void losesNoAnswerWhenItStops() throws Exception {
    try (TestProxy proxy = new TestProxy(vertx, upstream.port());
        Http2WireClient client =
            new Http2WireClient(
                URI.create("https://127.0.0.1:" + proxy.port()), FakeUpstream.trusting())) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      List<java.util.concurrent.Future<WireResponse>> answers =
          Stream.generate(
                  () ->
                      threads.submit(
                          () -> client.exchange("GET", "/api/v1/held", List.of(), new byte[0])))
              .limit(4)
              .toList();
      await().until(() -> held.size() == 4);

      Future<Void> stopped = proxy.server.shutdown(LONG_GRACE);
      held.forEach(request -> request.response().end(Buffer.buffer(new byte[LARGE])));

      threads.shutdown();
      for (java.util.concurrent.Future<WireResponse> answer : answers) {
        assertThat(answer.get().body()).hasSize(LARGE);
      }
      get(stopped);
      assertThat(client.cutOff()).isZero();
      proxy.expectRest();
    }
  }

  @Test
  void cutsWhatIsStillOpenAfterTheGrace() {
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      Future<HttpClientResponse> answer =
          proxy
              .client(HttpVersion.HTTP_2)
              .request(HttpMethod.GET, "/api/v1/nodes")
              .compose(HttpClientRequest::send);
      get(slow.future());
      get(proxy.server.shutdown(Duration.ofMillis(100)));
      assertThatThrownBy(() -> get(answer)).isInstanceOf(AssertionError.class);
      proxy.expectRest();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void presentsANewCertificateToNewConnectionsAndKeepsTheOpenOnes(HttpVersion version)
      throws SSLPeerUnverifiedException {
    TestCertificate next = TestAuthority.named("next").leaf("next").forServers("127.0.0.1").issue();
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      HttpClient old = proxy.client(version);
      assertThat(presented(old)).isEqualTo(FakeUpstream.certificate().certificate());

      get(proxy.server.replaceCertificate(new PemKeyPair(next.certificatePem(), next.keyPem())));

      assertThat(presented(proxy.client(version))).isEqualTo(next.certificate());
      assertThat(presented(old)).isEqualTo(FakeUpstream.certificate().certificate());
    }
  }

  @Test
  void keepsTheOldCertificateWhenTheNewOneCannotBeUsed() throws SSLPeerUnverifiedException {
    try (TestProxy proxy = new TestProxy(vertx, upstream.port())) {
      Future<Void> replaced = proxy.server.replaceCertificate(new PemKeyPair("none", "none"));
      assertThatThrownBy(() -> get(replaced)).isInstanceOf(AssertionError.class);
      assertThat(presented(proxy.client(HttpVersion.HTTP_2)))
          .isEqualTo(FakeUpstream.certificate().certificate());
    }
  }

  /** The certificate of the connection that served one more request. */
  private static Certificate presented(HttpClient client) throws SSLPeerUnverifiedException {
    HttpClientRequest request = get(client.request(HttpMethod.GET, "/version"));
    assertThat(get(bodyOf(request))).hasToString("quick");
    return request.connection().peerCertificates().get(0);
  }
}
