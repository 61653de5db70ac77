package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.report.Reporter;
import io.apfproxy.tls.PemKeyPair;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** S89: certificates and authorities that change while connections are open. */
@Tag("S89")
class UpstreamRenewalIT {
  private static final TestAuthority CLIENTS = TestAuthority.named("clients");
  private static final PemKeyPair OLD = pair("old");
  private static final PemKeyPair NEW = pair("new");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final List<HttpServerRequest> requests = new CopyOnWriteArrayList<>();
  private volatile UpstreamConfig config = config(1, FakeUpstream.authorityPem(), OLD);

  private static PemKeyPair pair(String name) {
    TestCertificate issued = CLIENTS.leaf(name).forClients().issue();
    return new PemKeyPair(issued.certificatePem(), issued.keyPem());
  }

  @AfterEach
  void close() {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  /** Answers when told, and nobody without a certificate of {@link #CLIENTS}. */
  private HttpServer server(HttpVersion version) {
    TestCertificate own = FakeUpstream.certificate();
    HttpServerOptions options =
        new HttpServerOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(version))
            .setClientAuth(ClientAuth.REQUIRED)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(CLIENTS.pem())))
            .setKeyCertOptions(
                new PemKeyCertOptions()
                    .addCertValue(Buffer.buffer(own.certificatePem()))
                    .addKeyValue(Buffer.buffer(own.keyPem())));
    return get(
        vertx.createHttpServer(options).requestHandler(requests::add).listen(0, "127.0.0.1"));
  }

  private static UpstreamConfig config(int port, String authority, PemKeyPair frontProxy) {
    return new UpstreamConfig(
        URI.create("https://127.0.0.1:" + port), authority, false, null, null, frontProxy);
  }

  private <T> Future<T> onLoop(Supplier<Future<T>> action) {
    Promise<T> result = Promise.promise();
    context.runOnContext(now -> action.get().onComplete(result));
    return result.future();
  }

  private Future<HttpClientResponse> send(Member upstream) {
    Outgoing request =
        PlainRequest.by(
            new Sender(
                Credential.FRONT_PROXY, false, Map.entry("X-Remote-User", "somebody"), List.of()));
    return onLoop(() -> upstream.open(request, () -> true).compose(HttpClientRequest::send));
  }

  private HttpServerRequest arrived(int number) {
    await().until(() -> requests.size() >= number);
    return requests.get(number - 1);
  }

  private static String presented(HttpServerRequest request) throws SSLPeerUnverifiedException {
    X509Certificate leaf = (X509Certificate) request.connection().peerCertificates().get(0);
    return leaf.getSubjectX500Principal().getName();
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void presentsTheNewCertificateFromTheNextRequestOnAndCutsNothing(HttpVersion version)
      throws Exception {
    // Given
    int port = server(version).actualPort();
    config = config(port, FakeUpstream.authorityPem(), OLD);
    MemberConnections upstream = new MemberConnections(vertx, () -> config, Reporter.NONE);
    Future<HttpClientResponse> open = send(upstream);
    assertThat(presented(arrived(1))).isEqualTo("CN=old");

    // When
    config = config(port, FakeUpstream.authorityPem(), NEW);
    Future<HttpClientResponse> next = send(upstream);

    // Then
    assertThat(presented(arrived(2))).isEqualTo("CN=new");
    arrived(1).response().end();
    arrived(2).response().end();
    assertThat(get(open).statusCode()).isEqualTo(200);
    assertThat(get(next).statusCode()).isEqualTo(200);

    // the old connection is idle now, and would be the cheaper one
    Future<HttpClientResponse> last = send(upstream);
    assertThat(presented(arrived(3))).isEqualTo("CN=new");
    assertThat(arrived(3).connection()).isSameAs(arrived(2).connection());
    arrived(3).response().end();
    assertThat(get(last).statusCode()).isEqualTo(200);
    get(onLoop(upstream::close));
  }

  @Test
  void presentsTheNewCertificateOnConnectionsForUpgrades() throws Exception {
    int port = server(HttpVersion.HTTP_1_1).actualPort();
    config = config(port, FakeUpstream.authorityPem(), OLD);
    MemberConnections upstream = new MemberConnections(vertx, () -> config, Reporter.NONE);
    for (String name : List.of("CN=old", "CN=new")) {
      int before = requests.size();
      get(
          onLoop(() -> upstream.dial(Credential.FRONT_PROXY))
              .compose(socket -> socket.write("GET /exec HTTP/1.1\r\nHost: h\r\n\r\n")));
      assertThat(presented(arrived(before + 1))).isEqualTo(name);
      config = config(port, FakeUpstream.authorityPem(), NEW);
    }
    get(onLoop(upstream::close));
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP_1_1", "HTTP_2"})
  void believesTheNewAuthorityFromTheNextRequestOn(HttpVersion version) {
    int port = server(version).actualPort();
    config = config(port, TestAuthority.named("another").pem(), NEW);
    MemberConnections upstream = new MemberConnections(vertx, () -> config, Reporter.NONE);
    assertThatThrownBy(() -> get(send(upstream))).hasCauseInstanceOf(SSLHandshakeException.class);
    assertThat(requests).isEmpty();
    config = config(port, FakeUpstream.authorityPem(), NEW);
    Future<HttpClientResponse> trusted = send(upstream);
    arrived(1).response().end();
    assertThat(get(trusted).statusCode()).isEqualTo(200);
    get(onLoop(upstream::close));
  }
}
