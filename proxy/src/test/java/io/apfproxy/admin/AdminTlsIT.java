package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.act.AccessReviewer.Path;
import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.authn.act.UrlAccess;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who else than this machine reads the admin pages: S77 of the security specification. */
@Tag("S77")
class AdminTlsIT {
  private static final TestAuthority AUTHORITY = TestAuthority.named("ca");
  private static final String ELSEWHERE = "pod.example";

  private final FakePages pages = new FakePages();
  private volatile boolean upstreamAnswers = true;
  private HttpClient client;

  @RegisterExtension
  private final RunningAdmin admin =
      new RunningAdmin(
          vertx -> AdminServer.tls(vertx, pages, pair("first.example"), access(), AdminDoor.NONE));

  private final AdminServer server = admin.server();

  private static final String REQUESTS = "/debug/api_priority_and_fairness/dump_requests";

  private static final Map<String, List<String>> GRANTED =
      Map.of(
          "dumps-token",
          List.of(REQUESTS),
          "top-token",
          List.of("/debug/apf-proxy/top"),
          "details-token",
          List.of(REQUESTS, REQUESTS + "/details"));

  private static final Question METRICS =
      new Question(
          new UserInfo("prometheus-token", "", List.of(UserInfo.AUTHENTICATED), Map.of()),
          "get",
          new Path("/metrics"));

  private static final Path EVENTS = new Path("/debug/apf-proxy/events");

  private final CompletableFuture<Boolean> mayWatch = new CompletableFuture<>();
  private final CountDownLatch asked = new CountDownLatch(1);

  private CompletableFuture<Boolean> events() {
    asked.countDown();
    return mayWatch;
  }

  private UrlAccess access() {
    return new UrlAccess(
        token ->
            CompletableFuture.completedFuture(
                token.endsWith("-token")
                    ? Optional.of(new UserInfo(token, "", List.of(), Map.of()))
                    : Optional.empty()),
        question ->
            question.target().equals(EVENTS)
                ? events()
                : upstreamAnswers
                    ? CompletableFuture.completedFuture(
                        METRICS.equals(question)
                            || GRANTED.getOrDefault(question.user().name(), List.of()).stream()
                                .anyMatch(path -> new Path(path).equals(question.target())))
                    : CompletableFuture.failedFuture(new IllegalStateException("down")),
        TimeSource.system());
  }

  @BeforeEach
  void start() {
    client = // held, as Vert.x closes a client nobody holds
        admin
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setSsl(true)
                    .setTrustOptions(
                        new PemTrustOptions().addCertValue(Buffer.buffer(AUTHORITY.pem()))));
  }

  private static PemKeyPair pair(String name) {
    TestCertificate leaf = AUTHORITY.leaf(name).forServers(name, ELSEWHERE, "localhost").issue();
    return new PemKeyPair(leaf.certificatePem(), leaf.keyPem());
  }

  private int get(String path, String host, @Nullable String token) throws Exception {
    return client
        .request(options(path, host, token))
        .compose(request -> request.send())
        .map(response -> response.statusCode())
        .await(60, TimeUnit.SECONDS);
  }

  private RequestOptions options(String path, String host, @Nullable String token) {
    RequestOptions options =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(admin.port(), "127.0.0.1"))
            .setHost(host)
            .setPort(admin.port())
            .setMethod(HttpMethod.GET)
            .setURI(path);
    if (token != null) {
      options.putHeader("Authorization", "Bearer " + token);
    }
    return options;
  }

  @Test
  @Tag("S81")
  void holdsNoStreamForWhoLeftBeforeHisRightWasKnown() throws Exception {
    // Given
    String path = "/debug/apf-proxy/events?topics=levels";
    HttpClientRequest watching =
        client.request(options(path, ELSEWHERE, "events-token")).await(60, TimeUnit.SECONDS);
    watching.end();
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    watching.connection().close().await(60, TimeUnit.SECONDS);
    assertThat(get("/livez", ELSEWHERE, null)).as("it has seen that by now").isEqualTo(200);

    // When
    mayWatch.complete(true);
    assertThat(get("/livez", ELSEWHERE, null)).isEqualTo(200);

    // Then
    assertThat(server.streams()).isZero();
    assertThat(pages.feed.listeners).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/livez, , 200",
    "/readyz, , 200",
    "/metrics, , 401",
    "/metrics, unknown, 401",
    "/metrics, alice-token, 403",
    "/metrics, prometheus-token, 200",
    "/debug/api_priority_and_fairness/dump_requests, prometheus-token, 403",
    "/ui/, , 200",
    "/ui/app.js, , 200",
    "/debug/apf-proxy/state, , 401",
    "/debug/apf-proxy/state, top-token, 403",
    "/debug/apf-proxy/events?topics=levels, , 401",
    "/debug/apf-proxy/queues?level=x, , 401",
    "/debug/apf-proxy/top, , 401",
    "/debug/apf-proxy/top, prometheus-token, 403",
    "/debug/apf-proxy/top, top-token, 200",
  })
  void showsOthersWhatTheirTokenMayGet(String path, @Nullable String token, int code)
      throws Exception {
    assertThat(get(path, ELSEWHERE, token)).isEqualTo(code);
  }

  /** Users and paths are named for who may see them, not for everybody who may see a dump. */
  @Tag("S77")
  @ParameterizedTest
  @CsvSource({
    "'', dumps-token, 200",
    "?includeRequestDetails=, dumps-token, 200",
    "?includeRequestDetails=1, dumps-token, 403",
    "?includeRequestDetails=1, details-token, 200",
  })
  void wantsARightOfItsOwnForDetails(String query, String token, int code) throws Exception {
    assertThat(get(REQUESTS + query, ELSEWHERE, token)).isEqualTo(code);
  }

  @Test
  void asksThisMachineForNothing() throws Exception {
    assertThat(get("/metrics", "localhost", null)).isEqualTo(200);
  }

  @Test
  void refusesWhileTheRightCannotBeChecked() throws Exception {
    upstreamAnswers = false;

    assertThat(get("/metrics", ELSEWHERE, "prometheus-token")).isEqualTo(503);
  }

  @Test
  void presentsAReplacedCertificate() throws Exception {
    server.replaceCertificate(pair("second.example")).await(60, TimeUnit.SECONDS);

    assertThat(get("/livez", "second.example", null)).isEqualTo(200);
  }
}
