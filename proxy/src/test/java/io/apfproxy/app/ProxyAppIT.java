package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.cli.UsageException;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyAppIT {
  private static final String NAMESPACES = "/api/v1/namespaces";

  @TempDir Path directory;
  private EmbeddedApiServer upstream;
  private ProxyApp proxy;

  @BeforeEach
  void startUpstream() throws IOException {
    Path folder = Files.createDirectory(directory.resolve("upstream"));
    upstream = EmbeddedApiServer.builder(folder).user("alice").allow("alice", "*", "*").start();
  }

  @AfterEach
  void stop() {
    if (proxy != null) {
      proxy.close();
    }
    upstream.close();
  }

  private ProxyOptions options(Path kubeconfig, String... more) throws UsageException {
    return ProxyOptions.of(
        Stream.concat(
                Stream.of(
                    "--kubeconfig=" + kubeconfig,
                    "--bind-address=127.0.0.1",
                    "--secure-port=0",
                    "--admin-port=0",
                    "--cert-dir=" + directory.resolve("certs"),
                    "--allow-privileged-impersonation",
                    "--shutdown-grace=10s"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private void start(String... more) throws Exception {
    proxy = ProxyApp.start(options(upstream.adminKubeconfig(), more));
  }

  private HttpClient client() throws Exception {
    return client(HttpClient.Version.HTTP_2);
  }

  private HttpClient client(HttpClient.Version version) throws Exception {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (InputStream pem = Files.newInputStream(proxy.certificateAuthority())) {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("c" + trusted.size(), certificate);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(tls).version(version).build();
  }

  private HttpRequest asAlice(String path) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + proxy.securePort() + path))
        .header("Authorization", "Bearer " + upstream.token("alice"))
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private HttpResponse<String> admin(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.adminPort() + path))
                .build(),
            BodyHandlers.ofString());
  }

  /** A change of the limit comes into force, and does not fill what was taken. */
  @Test
  void holdsRequestsToRateLimitsAsTheFilesSayNow() throws Exception {
    Path limits = Files.createDirectory(directory.resolve("limits"));
    Path file = limits.resolve("limit.yaml");
    Files.writeString(file, daily(3));
    start("--flowcontrol-source=builtin,files:" + limits);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> admin("/metrics").body().contains("{rate_limit=\"everybody\"}"));
    HttpClient client = client();
    for (int i = 0; i < 3; i++) {
      assertThat(client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
    HttpResponse<String> refused = client.send(asAlice(NAMESPACES), BodyHandlers.ofString());
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(Integer.parseInt(refused.headers().firstValue("Retry-After").orElseThrow()))
        .isBetween(28_700, 28_800);
    assertThat(refused.body()).contains("a rate limit of this proxy").doesNotContain("everybody");
    assertThat(refused.headers().firstValue("X-Apf-Ratelimit")).isEmpty();
    assertThat(admin("/metrics").body())
        .contains(
            "apf_proxy_rate_limit_requests_total{outcome=\"passed\",rate_limit=\"everybody\"} 3.0",
            "apf_proxy_rate_limit_requests_total{outcome=\"refused\",rate_limit=\"everybody\"} 1.0",
            "apf_proxy_rate_limit_keys{rate_limit=\"everybody\"} 1.0",
            "apf_proxy_rate_limit_keys_overflowed_total{rate_limit=\"everybody\"} 0.0",
            "apf_proxy_rate_limit_fullest_ratio{rate_limit=\"everybody\"} 0.99",
            "apf_proxy_rate_limit_wait_seconds_count{rate_limit=\"everybody\"} 0",
            "apf_proxy_rate_limit_waiting 0.0",
            "apf_proxy_bound_limit{rule=\"rate-limit-waiting\"} 10000.0");

    Files.writeString(file, daily(4));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode() == 200);
    assertThat(client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode())
        .isEqualTo(429);

    Files.delete(file);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> client.send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode() == 200);
  }

  /** So many at once, and no more on the same day to speak of. */
  private static String daily(int burst) {
    return """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: RateLimit
        metadata: {name: everybody}
        spec:
          rules:
          - subjects: [{kind: User, user: {name: alice}}]
            resourceRules:
            - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
          key: {by: [User]}
          type: TokenBucket
          tokenBucket: {rate: %d, period: 24h, burst: %d}
        """
        .formatted(burst, burst);
  }

  @Test
  void leadsClientsThroughToTheUpstream() throws Exception {
    start("--expose-flow-headers");

    HttpResponse<String> answer = client().send(asAlice(NAMESPACES), BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.body()).contains("kube-system");
    assertThat(answer.headers().firstValue("X-Apf-Flowschema")).hasValue("global-default");
    assertThat(admin("/readyz").statusCode()).isEqualTo(200);
    assertThat(admin("/metrics").body())
        .contains(
            "apiserver_flowcontrol_dispatched_requests_total{flow_schema=\"global-default\","
                + "priority_level=\"global-default\"} 1.0")
        .contains("apf_proxy_responses_total{code=\"200\"} 1.0")
        .contains("apf_proxy_ready 1.0");
    assertThat(admin("/metrics").body())
        .contains("apf_proxy_bound_used{rule=\"connections-total\"} 1.0")
        .contains("apf_proxy_bound_limit{rule=\"connections-of-address\"} 10000.0")
        .contains("apf_proxy_bound_overflows_total{rule=\"handshakes-total\"} 0.0");
    assertThat(admin("/debug/api_priority_and_fairness/dump_priority_levels").body())
        .startsWith("PriorityLevelName, ActiveQueues,")
        .contains("\nglobal-default, ");
  }

  @Test
  void limitsConnectionsAsItWasTold() throws Exception {
    start("--max-connections=1", "--max-connections-per-address=1", "--unlimited-addresses=");
    HttpClient first = client();
    assertThat(first.send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
    HttpClient second = client();
    assertThatThrownBy(() -> second.send(asAlice(NAMESPACES), BodyHandlers.discarding()))
        .isInstanceOf(IOException.class);
    assertThat(first.send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
        .isEqualTo(200);
    assertThat(admin("/metrics").body())
        .containsPattern(
            "apf_proxy_bound_overflows_total\\{rule=\"connections-of-address\"} [1-9]");
  }

  @Test
  void listensNoMoreOnceClosed() throws Exception {
    start();
    HttpClient client = client();
    int adminPort = proxy.adminPort();

    proxy.close();

    assertThatThrownBy(() -> client.send(asAlice(NAMESPACES), BodyHandlers.ofString()))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> admin("/livez")).isInstanceOf(ConnectException.class);
    new ServerSocket(adminPort, 1, InetAddress.getLoopbackAddress()).close();
    proxy.close(); // harmless
  }

  @Tag("S94")
  @Test
  void finishesRequestsBeforeItStops() throws Exception {
    // Given
    start();
    HttpClient client = client(HttpClient.Version.HTTP_1_1); // Java's drops all streams at GOAWAY
    client.send(asAlice("/version"), BodyHandlers.ofString());
    upstream.script().on("list", NAMESPACES).times(1).delay(Duration.ofSeconds(2)).play();
    CompletableFuture<HttpResponse<String>> slow =
        client.sendAsync(asAlice(NAMESPACES), BodyHandlers.ofString());
    await().until(() -> admin("/metrics").body().contains("apf_proxy_exchanges 1.0"));

    // When
    CompletableFuture<Void> closed = CompletableFuture.runAsync(proxy::close);

    // Then
    await().untilAsserted(() -> assertThat(admin("/readyz").statusCode()).isEqualTo(503));
    assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    closed.get(20, TimeUnit.SECONDS);
  }

  @Test
  void hasTheClassicLimitsWithoutFairness() throws Exception {
    start("--enable-priority-and-fairness=false");

    assertThat(client().send(asAlice(NAMESPACES), BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(admin("/debug/api_priority_and_fairness/dump_queues").statusCode()).isEqualTo(404);
    assertThat(admin("/metrics").body())
        .contains("apiserver_current_inflight_requests{request_kind=\"readOnly\"} 0.0")
        .doesNotContain("apiserver_flowcontrol_current_limit_seats{");
  }

  @Tag("S09")
  @Test
  void refusesToImpersonateWithPowerUnlessTold() throws Exception {
    assertThatThrownBy(
            () ->
                ProxyApp.start(
                    options(upstream.adminKubeconfig(), "--allow-privileged-impersonation=false")))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--kubeconfig: found a credential that may read all secrets, expected one that may"
                + " only impersonate; add --allow-privileged-impersonation to use it nevertheless");
  }

  @Test
  void waitsForAnUpstreamThatIsDown() throws Exception {
    upstream.close();

    start();

    HttpResponse<String> answer = client().send(asAlice(NAMESPACES), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 30L);
    assertThat(answer.body()).contains("\"kind\":\"Status\"");
    assertThat(admin("/livez").statusCode()).isEqualTo(200);
    assertThat(admin("/readyz?verbose").body()).startsWith("[-]upstream failed");
  }

  @Test
  @Tag("S84")
  void isNotReadyIfOnlyItsOwnQuestionsFindTheirWay() throws Exception {
    upstream.close();
    // its own questions have a certificate, requests with a token have none
    upstream =
        EmbeddedApiServer.builder(directory.resolve("upstream"))
            .user("alice")
            .allow("alice", "*", "*")
            .certificatesOnly()
            .start();

    start();

    assertThat(client().send(asAlice(NAMESPACES), BodyHandlers.discarding()).statusCode())
        .isEqualTo(503);
    assertThat(admin("/readyz?verbose").body()).startsWith("[-]upstream failed");
    assertThat(admin("/readyz").statusCode()).isEqualTo(503);
  }

  @Test
  void namesThePortThatIsInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      assertThatThrownBy(() -> start("--secure-port=" + port))
          .isInstanceOf(StartException.class)
          .hasMessage("--secure-port: 127.0.0.1 port " + port + " is in use, expected a free one");
      assertThatThrownBy(() -> start("--admin-port=" + port))
          .isInstanceOf(StartException.class)
          .hasMessage("--admin-port: 127.0.0.1 port " + port + " is in use, expected a free one");
    }
  }

  @Test
  void refusesAnUpstreamThatIsNoKubeApiserver() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      int port =
          vertx
              .createHttpServer()
              .requestHandler(request -> request.response().end("{}"))
              .listen(0, "127.0.0.1")
              .await(10, TimeUnit.SECONDS)
              .actualPort();
      Path kubeconfig = kubeconfig("http://127.0.0.1:" + port);

      assertThatThrownBy(() -> ProxyApp.start(options(kubeconfig, "--allow-insecure-upstream")))
          .isInstanceOf(StartException.class)
          .hasMessageStartingWith("--kubeconfig: ")
          .hasMessageContaining("http://127.0.0.1:" + port)
          .hasMessageContaining("expected a kube-apiserver");
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void refusesAnUpstreamWhoseCertificateIsNotTrusted() throws Exception {
    Path kubeconfig = kubeconfig(upstream.url());

    assertThatThrownBy(() -> ProxyApp.start(options(kubeconfig)))
        .isInstanceOf(StartException.class)
        .hasMessageMatching(
            "--kubeconfig: upstream "
                + upstream.url()
                + "/? cannot be reached by TLS \\(.+\\); expected a kube-apiserver");
  }

  @Test
  void refusesAnUpstreamThatDoesNotSpeakTls() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      int port =
          vertx
              .createHttpServer()
              .requestHandler(request -> request.response().end("{}"))
              .listen(0, "127.0.0.1")
              .await(10, TimeUnit.SECONDS)
              .actualPort();

      assertThatThrownBy(() -> ProxyApp.start(options(kubeconfig("https://127.0.0.1:" + port))))
          .isInstanceOf(StartException.class)
          .hasMessageContaining("cannot be reached by TLS");
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private Path kubeconfig(String server) throws IOException {
    return Files.writeString(
        directory.resolve("other.kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
            .formatted(server));
  }

  @Test
  void tellsHowToGoOn() throws Exception {
    start();

    assertThat(proxy.welcome())
        .contains("https://127.0.0.1:" + proxy.securePort())
        .contains(upstream.url())
        .contains("600 seats")
        .contains("http://127.0.0.1:" + proxy.adminPort() + "/metrics")
        .contains(
            "kubeconfig --kubeconfig "
                + upstream.adminKubeconfig()
                + " --server https://localhost:"
                + proxy.securePort()
                + " --certificate-authority "
                + proxy.certificateAuthority());
  }
}
