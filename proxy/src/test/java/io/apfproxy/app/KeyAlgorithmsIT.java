package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.apfproxy.cli.StartException;
import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.pki.TestKeys;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What Go's TLS takes for keys, in the four places where the proxy meets certificates. */
@Tag("B3")
class KeyAlgorithmsIT {
  private static final String NAMESPACES = "/api/v1/namespaces";

  private static final Optional<Path> KUBECTL =
      Optional.ofNullable(System.getenv("KUBEBUILDER_ASSETS"))
          .map(folder -> Path.of(folder, "kubectl"))
          .filter(Files::isExecutable);

  private final TestAuthority authority = TestAuthority.named("clients-ca");

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private EmbeddedApiServer upstream(TestKeys serving, TestKeys admin) throws Exception {
    return upstream(serving, admin, TestKeys.ECDSA_P256);
  }

  private EmbeddedApiServer upstream(TestKeys serving, TestKeys admin, TestKeys frontProxy)
      throws Exception {
    EmbeddedApiServer upstream =
        EmbeddedApiServer.builder(Files.createDirectory(directory.resolve("upstream")))
            .user("alice")
            .allow("alice", "*", "*")
            .servingKey(serving)
            .adminKey(admin)
            .frontProxyKey(frontProxy)
            .start();
    open.add(upstream);
    return upstream;
  }

  private ProxyApp proxy(EmbeddedApiServer upstream, String... more) throws Exception {
    String[] flags =
        Stream.concat(Stream.of("--shutdown-grace=0s"), Stream.of(more)).toArray(String[]::new);
    ProxyApp proxy =
        LocalProxy.start(LocalProxy.options(upstream.adminKubeconfig(), directory, flags));
    open.add(proxy);
    return proxy;
  }

  private static HttpResponse<String> get(
      ProxyApp proxy, HttpClient.Version version, @Nullable TestCertificate own, String... headers)
      throws Exception {
    KeyManager[] keys = own == null ? new KeyManager[0] : own.keyManagers().getKeyManagers();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(LocalProxy.url(proxy, NAMESPACES)).timeout(Duration.ofSeconds(30));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return LocalProxy.client(proxy, version, keys).send(request.build(), BodyHandlers.ofString());
  }

  private static String[] asAlice(EmbeddedApiServer upstream) {
    return new String[] {"Authorization", "Bearer " + upstream.token("alice")};
  }

  private static HttpResponse<String> askWithToken(ProxyApp proxy, EmbeddedApiServer upstream)
      throws Exception {
    return get(proxy, HttpClient.Version.HTTP_2, null, asAlice(upstream));
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ED448")
  void servesWithSuchACertificate(TestKeys kind) throws Exception {
    EmbeddedApiServer upstream = upstream(TestKeys.ECDSA_P256, TestKeys.ECDSA_P256);
    authority
        .leaf("proxy")
        .forServers("localhost")
        .algorithm(kind)
        .issue()
        .write(directory, "serving");
    Files.writeString(
        directory.resolve("serving.crt"),
        Files.readString(directory.resolve("serving.crt")) + authority.pem());

    ProxyApp proxy =
        proxy(
            upstream,
            "--tls-cert-file=" + directory.resolve("serving.crt"),
            "--tls-private-key-file=" + directory.resolve("serving.key"));

    assertThat(askWithToken(proxy, upstream).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ED448")
  void reachesAnUpstreamWithSuchACertificate(TestKeys kind) throws Exception {
    EmbeddedApiServer upstream = upstream(kind, TestKeys.ECDSA_P256);

    ProxyApp proxy = proxy(upstream);

    assertThat(askWithToken(proxy, upstream).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ED448")
  void presentsSuchACertificateOfAKubeconfig(TestKeys kind) throws Exception {
    EmbeddedApiServer upstream = upstream(TestKeys.ECDSA_P256, kind);
    Path ca = Files.writeString(directory.resolve("clients.crt"), authority.pem());
    TestCertificate alice = authority.leaf("alice").forClients().issue();

    ProxyApp proxy = proxy(upstream, "--client-ca-file=" + ca);

    assertThat(get(proxy, HttpClient.Version.HTTP_2, alice).statusCode())
        .as("impersonated with the certificate of the kubeconfig")
        .isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ED448")
  void believesAClientWithSuchACertificate(TestKeys kind) throws Exception {
    EmbeddedApiServer upstream = upstream(TestKeys.ECDSA_P256, TestKeys.ECDSA_P256);
    Path ca = Files.writeString(directory.resolve("clients.crt"), authority.pem());
    TestCertificate alice = authority.leaf("alice").forClients().algorithm(kind).issue();

    ProxyApp proxy = proxy(upstream, "--client-ca-file=" + ca);

    assertThat(get(proxy, HttpClient.Version.HTTP_2, alice).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ED448")
  void presentsSuchACertificateAsFrontProxy(TestKeys kind) throws Exception {
    EmbeddedApiServer upstream = upstream(TestKeys.ECDSA_P256, TestKeys.ECDSA_P256, kind);
    Path ca = Files.writeString(directory.resolve("clients.crt"), authority.pem());
    TestCertificate alice = authority.leaf("alice").forClients().issue();
    Path folder = directory.resolve("upstream");

    ProxyApp proxy =
        proxy(
            upstream,
            "--client-ca-file=" + ca,
            "--upstream-identity=request-header",
            "--proxy-client-cert-file=" + folder.resolve("front-proxy-client.crt"),
            "--proxy-client-key-file=" + folder.resolve("front-proxy-client.key"));

    assertThat(get(proxy, HttpClient.Version.HTTP_2, alice).statusCode()).isEqualTo(200);
  }

  /** The first connection of an address, and one of an address that is known for other things. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "ED448")
  void letsKubectlInWithSuchACertificate(TestKeys kind) throws Exception {
    assumeTrue(KUBECTL.isPresent(), "no kubectl in KUBEBUILDER_ASSETS");
    EmbeddedApiServer upstream = upstream(kind, TestKeys.ECDSA_P256);
    Path ca = Files.writeString(directory.resolve("clients.crt"), authority.pem());
    authority.leaf("alice").forClients().algorithm(kind).issue().write(directory, "alice");
    ProxyApp proxy = proxy(upstream, "--client-ca-file=" + ca);

    assertThat(kubectl(proxy)).isEqualTo("0 namespace/kube-system");

    if (askWithToken(proxy, upstream).statusCode() != 200) {
      throw new AssertionError("the token is good");
    }
    assertThat(kubectl(proxy)).isEqualTo("0 namespace/kube-system");
  }

  /**
   * BoringSSL does not ask for such a certificate, so who presents it is refused by the JDK only.
   */
  @Test
  @Tag("S18")
  void doesNotServeAnAddressDearlyForACertificateThatNobodyIssued() throws Exception {
    EmbeddedApiServer upstream = upstream(TestKeys.ECDSA_P256, TestKeys.ECDSA_P256);
    Path ca = Files.writeString(directory.resolve("clients.crt"), authority.pem());
    TestCertificate forged =
        TestAuthority.named("clients-ca")
            .leaf("alice")
            .forClients()
            .algorithm(TestKeys.ED25519)
            .issue();
    ProxyApp proxy = proxy(upstream, "--client-ca-file=" + ca);

    long start = System.nanoTime();
    int refused = 0;
    for (int i = 0; i < 60; i++) {
      refused += get(proxy, HttpClient.Version.HTTP_1_1, forged).statusCode() == 401 ? 1 : 0;
    }

    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start) + 1;
    assertThat(refused).isBetween(1, (int) Math.min(60, 20 + 5 * seconds));
  }

  private String kubectl(ProxyApp proxy) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("alice.kubeconfig"),
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://localhost:%d", certificate-authority: %s}}]
            users: [{name: u, user: {client-certificate: alice.crt, client-key: alice.key}}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
                .formatted(proxy.securePort(), proxy.certificateAuthority()));
    Path output = directory.resolve("kubectl.out");
    Process process =
        new ProcessBuilder(
                KUBECTL.orElseThrow().toString(),
                "--kubeconfig=" + config,
                "--cache-dir=" + directory.resolve("cache"),
                "get",
                "namespace",
                "kube-system",
                "-o",
                "name")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + Files.readString(output).trim();
  }

  @ParameterizedTest
  @EnumSource(names = {"RSA_2048", "ECDSA_P256", "ECDSA_P521"})
  void readsKeysInTheOlderForms(TestKeys kind) throws Exception {
    EmbeddedApiServer upstream = upstream(TestKeys.ECDSA_P256, TestKeys.ECDSA_P256);
    TestCertificate pair = authority.leaf("proxy").forServers("localhost").algorithm(kind).issue();
    Path certificate =
        Files.writeString(
            directory.resolve("serving.crt"), pair.certificatePem() + authority.pem());
    Path key = Files.writeString(directory.resolve("serving.key"), pair.olderKeyPem());
    assertThat(key).content().containsPattern("BEGIN (RSA|EC) PRIVATE KEY");

    ProxyApp proxy =
        proxy(upstream, "--tls-cert-file=" + certificate, "--tls-private-key-file=" + key);

    assertThat(askWithToken(proxy, upstream).statusCode()).isEqualTo(200);
  }

  @Test
  void saysWhichFileHasAKeyThatNobodyTakesAndWhatIsTaken() throws Exception {
    EmbeddedApiServer upstream = upstream(TestKeys.ECDSA_P256, TestKeys.ECDSA_P256);
    authority
        .leaf("proxy")
        .forServers("localhost")
        .algorithm(TestKeys.ED448)
        .issue()
        .write(directory, "serving");
    Path file = directory.resolve("serving.crt");

    assertThatThrownBy(
            () ->
                proxy(
                    upstream,
                    "--tls-cert-file=" + file,
                    "--tls-private-key-file=" + directory.resolve("serving.key")))
        .isInstanceOf(StartException.class)
        .hasMessage(
            "--tls-cert-file: found a key of Ed448 in "
                + file
                + ", expected RSA of 1024 bits or more, ECDSA on P-256, P-384 or P-521, or Ed25519");
  }
}
