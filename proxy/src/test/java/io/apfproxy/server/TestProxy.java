package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.Patience;
import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.authn.head.ClientRequest;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.Credentials;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.config.Enforcement;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.limit.RateLimits;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter.Held;
import io.apfproxy.request.HeaderLines;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.Clientele;
import io.apfproxy.server.listen.OwnAnswers;
import io.apfproxy.server.listen.ServerConfig;
import io.apfproxy.server.walk.Services;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The listener before a given upstream, with everything else a fake. */
final class TestProxy implements AutoCloseable {
  /** Value of {@code Authorization} for a request that goes on without one. */
  static final String NOBODY = "none";

  private static final Set<String> DROPPED =
      Set.of("host", "connection", "upgrade", "transfer-encoding", "expect", "authorization");

  final Traps traps = new Traps();
  final FakeFlowControl flowControl = new FakeFlowControl(traps);
  final CountingEvents events = new CountingEvents(traps);

  /** Tokens that the upstream was seen to refuse. */
  final List<String> refusedByUpstream = new CopyOnWriteArrayList<>();

  /** None at first. */
  final RateLimits rateLimits =
      new RateLimits(TimeSource.system(), digest -> 1, address -> false, 1, Enforcement.ENFORCE);

  /** In the place of the fake one; null if it is not replaced. */
  volatile @Nullable FlowControl otherFlowControl;

  volatile IdentityResolver identities = TestProxy::identify;
  final ProxyServer server;
  private final Vertx vertx;
  private final List<HttpClient> clients = new ArrayList<>();

  /** One before an upstream there, with all as usual. */
  TestProxy(Vertx vertx, int upstreamPort) {
    this(before(vertx, upstreamPort));
  }

  TestProxy(TestProxySetup setup) {
    vertx = setup.vertx;
    TestCertificate certificate = FakeUpstream.certificate();
    ServerConfig config =
        new ServerConfig(
            "127.0.0.1",
            0,
            setup.eventLoops,
            new PemKeyPair(certificate.certificatePem(), certificate.keyPem()),
            setup.requestTimeout,
            setup.goAwayChance,
            setup.connections,
            setup.requests,
            ServerConfig.TlsEngine.AUTO,
            new OwnAnswers(true, false, setup.crossOrigin),
            Clientele.EVERYBODY);
    server =
        get(
            ProxyServer.start(
                vertx,
                config,
                new Services(
                    request -> {
                      traps.at("head");
                      return setup.heads.read(request);
                    },
                    new TrappedIdentities(),
                    rateLimits,
                    (digest, listener) -> {
                      FlowControl real = otherFlowControl;
                      return (real == null ? flowControl : real).admit(digest, listener);
                    },
                    null,
                    () -> {
                      traps.at("upstream");
                      return setup.upstream;
                    },
                    () -> null,
                    setup.outage,
                    events,
                    setup.tracer,
                    HeaviestFlow.NONE,
                    LoggerFactory.getILoggerFactory())));
  }

  /** To be started with something that is not as usual. */
  static TestProxySetup before(Vertx vertx, int upstreamPort) {
    return new TestProxySetup(vertx, upstreamConfig(upstreamPort));
  }

  static TestProxySetup before(Vertx vertx, UpstreamConfig upstream) {
    return new TestProxySetup(vertx, upstream);
  }

  static UpstreamConfig upstreamConfig(int port) {
    return new UpstreamConfig(
        URI.create("https://127.0.0.1:" + port),
        FakeUpstream.authorityPem(),
        false,
        null,
        null,
        null);
  }

  static <T> T get(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(Patience.OF_TESTS.toSeconds(), TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Sends a request without a body, and gives that of its answer. Whoever asks the answer for it
   * from another thread may come when it is over.
   */
  static Future<Buffer> bodyOf(HttpClientRequest request) {
    Future<Buffer> body = request.response().compose(HttpClientResponse::body);
    request.end();
    return body;
  }

  private final class TrappedIdentities implements IdentityResolver {
    @Override
    public Future<Identity> resolve(RequestHead head, RequestInfo request) {
      traps.at("identity");
      return identities.resolve(head, request);
    }

    @Override
    public void upstreamRefused(RequestHead head) {
      refusedByUpstream.add(String.valueOf(head.credentials().authorization()));
    }
  }

  private static Future<Identity> identify(RequestHead head, RequestInfo request) {
    String authorization = head.credentials().authorization();
    String sent = authorization == null ? "Bearer somebody" : authorization;
    UserInfo user =
        sent.equals(NOBODY) ? UserInfo.ANONYMOUS : UserInfo.of(sent.replaceFirst("Bearer ", ""));
    return Future.succeededFuture(
        new Identity(
            user,
            user,
            Identity.Mode.PASS_THROUGH,
            sent.equals(NOBODY)
                ? new Identity.Assertion(null, true, List.of())
                : new Identity.Assertion(null, false, List.of(Map.entry("Authorization", sent)))));
  }

  /** Just enough of the header rules for an honest client. */
  static RequestHead read(ClientRequest request) {
    HeaderLines survivors = new HeaderLines();
    for (Map.Entry<String, String> line : request.headers()) {
      if (!DROPPED.contains(line.getKey().toLowerCase(java.util.Locale.ROOT))) {
        survivors.add(line.getKey(), line.getValue());
      }
    }
    String upgrade = request.headers().get("Upgrade");
    return new RequestHead(
        ClientTrust.NONE,
        request,
        null,
        survivors,
        upgrade == null ? "" : upgrade,
        request.headers().contains("Expect"),
        new Credentials(request.headers().get("Authorization"), List.of(), Map.of(), null));
  }

  int port() {
    return server.port();
  }

  /** A client that speaks this version only. */
  HttpClient client(HttpVersion version) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            .setTrustAll(true)
            .setVerifyHost(false)
            .setSslHandshakeTimeout(Patience.OF_TESTS.toSeconds())
            .setUseAlpn(true)
            .setAlpnVersions(List.of(version))
            .setProtocolVersion(version)
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(port());
    HttpClient client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(50));
    clients.add(client); // one that nobody holds is closed by the garbage collector
    return client;
  }

  /** One of the things that clients can fill. */
  Bound bound(String rule) {
    return server.bounds().stream()
        .filter(bound -> bound.rule().equals(rule))
        .findFirst()
        .orElseThrow();
  }

  /** Nothing is held any more, no lease was closed twice, and each request was told once. */
  void expectRest() {
    await()
        .untilAsserted(
            () -> {
              assertThat(events.held(Held.EXCHANGE)).isZero();
              assertThat(events.held(Held.UPSTREAM_STREAM)).isZero();
              assertThat(events.held(Held.TUNNEL)).isZero();
              assertThat(flowControl.executing.get()).isZero();
              assertThat(flowControl.paused.get()).isZero();
              assertThat(events.accounts)
                  .hasSizeGreaterThanOrEqualTo(events.requests.get())
                  .doesNotHaveDuplicates();
            });
    assertThat(flowControl.closedTwice.get()).isZero();
  }

  @Override
  public void close() {
    clients.forEach(client -> get(client.close())); // else the server would linger for them
    get(server.shutdown(Duration.ofMillis(200)));
  }
}
