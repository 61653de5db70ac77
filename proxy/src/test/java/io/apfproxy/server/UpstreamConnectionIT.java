package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How connections to the upstream are made: whom they trust, and how many there are. */
@Tag("S84")
class UpstreamConnectionIT {
  private static final String ANOTHER_AUTHORITY = TestAuthority.named("another").pem();

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private TestProxy proxy(UpstreamConfig upstream) {
    return TestProxy.before(vertx, upstream).start();
  }

  static Stream<Arguments> servers() {
    String right = FakeUpstream.authorityPem();
    return Stream.of(
        Arguments.of("right", right, false, null, 200),
        Arguments.of("another authority", ANOTHER_AUTHORITY, false, null, 503),
        Arguments.of("the machine's authorities", null, false, null, 503),
        Arguments.of("another name", right, false, "another.example", 503),
        Arguments.of("another address", right, false, "127.0.0.2", 503),
        Arguments.of("nothing verified", ANOTHER_AUTHORITY, true, "another.example", 200));
  }

  @Tag("S84")
  @ParameterizedTest(name = "{0}")
  @MethodSource("servers")
  void sendsNothingToAServerThatIsNotTheUpstream(
      String what, @Nullable String authority, boolean insecure, @Nullable String name, int code) {
    AtomicInteger requests = new AtomicInteger();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> {
                  requests.incrementAndGet();
                  boolean upgrade = request.method().equals(HttpMethod.POST);
                  request.response().setStatusCode(upgrade ? 403 : 200).end();
                },
                HttpVersion.HTTP_2,
                HttpVersion.HTTP_1_1);
        TestProxy proxy =
            proxy(
                new UpstreamConfig(
                    URI.create("https://127.0.0.1:" + upstream.port()),
                    authority,
                    insecure,
                    name,
                    null,
                    null))) {
      HttpClient client = proxy.client(HttpVersion.HTTP_1_1);
      HttpClientResponse plain =
          get(client.request(HttpMethod.GET, "/api/v1/pods").compose(HttpClientRequest::send));
      assertThat(plain.statusCode()).isEqualTo(code);
      HttpClientResponse upgrade =
          get(
              client
                  .request(HttpMethod.POST, "/api/v1/namespaces/a/pods/p/exec?command=x")
                  .map(
                      request ->
                          request
                              .putHeader("Connection", "Upgrade")
                              .putHeader("Upgrade", "SPDY/3.1"))
                  .compose(HttpClientRequest::send));
      assertThat(upgrade.statusCode()).isEqualTo(code == 200 ? 403 : code);
      assertThat(requests.get()).isEqualTo(code == 200 ? 2 : 0);
      proxy.expectRest();
    }
  }

  @Test
  void namesAnUpstreamByItsIpv6AddressInBrackets() {
    TestAuthority authority = TestAuthority.named("ipv6");
    Queue<String> hosts = new ConcurrentLinkedQueue<>();
    HttpServer upstream =
        listen(
            authority.leaf("server").forServers("::1").issue(),
            List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1),
            "::1",
            request -> {
              hosts.add(request.version() + " " + request.authority());
              request.response().setStatusCode(403).end();
            });
    URI server = URI.create("https://[::1]:" + upstream.actualPort());
    try (TestProxy proxy =
        proxy(new UpstreamConfig(server, authority.pem(), false, null, null, null))) {
      HttpClient client = proxy.client(HttpVersion.HTTP_1_1);
      for (String upgrade : List.of("", "SPDY/3.1")) {
        HttpClientResponse response =
            get(
                client
                    .request(HttpMethod.POST, "/api/v1/namespaces/a/pods/p/exec?command=x")
                    .map(request -> withUpgrade(request, upgrade))
                    .compose(HttpClientRequest::send));
        assertThat(response.statusCode()).isEqualTo(403);
      }
      assertThat(hosts)
          .containsExactly(
              "HTTP_2 [::1]:" + upstream.actualPort(), "HTTP_1_1 [::1]:" + upstream.actualPort());
      proxy.expectRest();
    }
  }

  private static HttpClientRequest withUpgrade(HttpClientRequest request, String protocol) {
    return protocol.isEmpty()
        ? request
        : request.putHeader("Connection", "Upgrade").putHeader("Upgrade", protocol);
  }

  private HttpServer listen(
      TestCertificate certificate,
      List<HttpVersion> versions,
      String host,
      Handler<HttpServerRequest> handler) {
    return get(
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setSsl(true)
                    .setUseAlpn(true)
                    .setAlpnVersions(versions)
                    .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(100))
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .addCertValue(Buffer.buffer(certificate.certificatePem()))
                            .addKeyValue(Buffer.buffer(certificate.keyPem()))))
            .requestHandler(handler)
            .listen(0, host));
  }

  /** An upstream that announces 100 streams and answers when told. */
  private HttpServer hundredStreams(Queue<HttpServerRequest> requests) {
    return listen(
        FakeUpstream.certificate(), List.of(HttpVersion.HTTP_2), "127.0.0.1", requests::add);
  }

  @Test
  void makesNoMoreConnectionsForABurstThanItsStreamsNeed() {
    Queue<HttpServerRequest> requests = new ConcurrentLinkedQueue<>();
    HttpServer upstream = hundredStreams(requests);
    try (TestProxy proxy = proxy(TestProxy.upstreamConfig(upstream.actualPort()))) {
      List<Future<Integer>> answers = burst(proxy, 300);
      await().until(() -> requests.size() == 300);
      assertThat(proxy.events.held(Held.UPSTREAM_CONNECTION)).isBetween(3, 8);
      requests.forEach(request -> request.response().end());
      answers.forEach(answer -> assertThat(get(answer)).isEqualTo(200));
      proxy.expectRest();
    }
  }

  /** What comes behind large answers on one connection waits for them in the sockets' buffers. */
  @Test
  void letsSmallAnswersLargeOnesAndWatchesShareNoConnection() {
    Queue<HttpServerRequest> requests = new ConcurrentLinkedQueue<>();
    HttpServer upstream = hundredStreams(requests);
    try (TestProxy proxy = proxy(TestProxy.upstreamConfig(upstream.actualPort()))) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      List<HttpConnection> used = new ArrayList<>();
      for (String target :
          List.of(
              "/api/v1/namespaces/a/pods/p",
              "/api/v1/namespaces/a/pods/q",
              "/api/v1/pods",
              "/openapi/v2",
              "/api/v1/pods?watch=true")) {
        Future<HttpClientResponse> answer =
            client.request(HttpMethod.GET, target).compose(HttpClientRequest::send);
        await().until(() -> !requests.isEmpty());
        used.add(requests.element().connection());
        requests.remove().response().end();
        assertThat(get(answer).statusCode()).isEqualTo(200);
      }
      HttpConnection small = used.get(0);
      HttpConnection large = used.get(2);
      assertThat(used).containsExactly(small, small, large, large, used.get(4));
      assertThat(List.of(small, large, used.get(4))).doesNotHaveDuplicates();
      proxy.expectRest();
    }
  }

  private static List<Future<Integer>> burst(TestProxy proxy, int size) {
    List<Future<Integer>> answers = new ArrayList<>();
    HttpClient client = proxy.client(HttpVersion.HTTP_2);
    for (int i = 0; i < size; i++) {
      if (i % 100 == 0) {
        client = proxy.client(HttpVersion.HTTP_2);
      }
      answers.add(
          client
              .request(HttpMethod.GET, "/api/v1/pods")
              .compose(HttpClientRequest::send)
              .map(HttpClientResponse::statusCode));
    }
    return answers;
  }

  /** kube-apiserver ends an HTTP/2 connection after each answer to an anonymous request. */
  @Tag("S08")
  @Test
  void sendsAnonymousRequestsOverConnectionsOfTheirOwn() {
    Queue<HttpServerRequest> requests = new ConcurrentLinkedQueue<>();
    try (FakeUpstream upstream =
            FakeUpstream.http(
                vertx,
                request -> {
                  requests.add(request);
                  request.response().end();
                },
                HttpVersion.HTTP_2,
                HttpVersion.HTTP_1_1);
        TestProxy proxy = proxy(TestProxy.upstreamConfig(upstream.port()))) {
      for (String authorization : List.of("Bearer a", TestProxy.NOBODY, "Bearer b")) {
        get(
            proxy // to us it must be a new connection too: ours ends as well
                .client(HttpVersion.HTTP_2)
                .request(HttpMethod.GET, "/api/v1/pods")
                .map(request -> request.putHeader("Authorization", authorization))
                .compose(HttpClientRequest::send));
      }
      assertThat(requests)
          .extracting(HttpServerRequest::version)
          .containsExactly(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);
      assertThat(proxy.events.held(Held.UPSTREAM_CONNECTION)).isEqualTo(2);
      proxy.expectRest();
    }
  }

  @Test
  void refusesAllOfABurstTogetherWhenTheUpstreamDoesNotShakeHands() {
    NetServer silent =
        get(vertx.createNetServer().connectHandler(socket -> {}).listen(0, "127.0.0.1"));
    try (TestProxy proxy = proxy(TestProxy.upstreamConfig(silent.actualPort()))) {
      long start = System.nanoTime();
      burst(proxy, 50).forEach(answer -> assertThat(get(answer)).isEqualTo(503));
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .as("one after the other would take 50 handshakes of ten seconds")
          .isLessThan(Duration.ofSeconds(40));
      proxy.expectRest();
    }
  }

  @Test
  @Tag("H7")
  void keepsLongRequestsApartFromTheOthersAndCountsThem() {
    Queue<HttpServerRequest> requests = new ConcurrentLinkedQueue<>();
    HttpServer upstream = hundredStreams(requests);
    try (TestProxy proxy = proxy(TestProxy.upstreamConfig(upstream.actualPort()))) {
      HttpClient client = proxy.client(HttpVersion.HTTP_2);
      List<Future<HttpClientResponse>> answers = new ArrayList<>();
      for (String target :
          List.of("/api/v1/pods", "/api/v1/namespaces/a/pods/p/log?follow=true", "/api/v1/nodes")) {
        answers.add(client.request(HttpMethod.GET, target).compose(HttpClientRequest::send));
        await().until(() -> requests.size() == answers.size());
      }

      List<HttpConnection> connections =
          requests.stream().map(HttpServerRequest::connection).toList();
      assertThat(connections.get(1)).isNotEqualTo(connections.get(0));
      assertThat(connections.get(2)).isEqualTo(connections.get(0));
      assertThat(proxy.bound("long-requests-total").used().getAsLong()).isEqualTo(1);

      requests.forEach(request -> request.response().end());
      answers.forEach(answer -> assertThat(get(answer).statusCode()).isEqualTo(200));
      proxy.expectRest();
      assertThat(proxy.bound("long-requests-total").used().getAsLong()).isZero();
    }
  }
}
