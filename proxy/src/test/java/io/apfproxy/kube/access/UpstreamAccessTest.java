package io.apfproxy.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.kube.access.UpstreamAccess.Sources;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.UpstreamConfig;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing here connects: opening works while the upstream is down. */
class UpstreamAccessTest {
  private static final TestAuthority AUTHORITY = TestAuthority.named("ca");
  private static final TestCertificate ADMIN = AUTHORITY.leaf("admin").forClients().issue();

  @TempDir Path folder;

  private Path kubeconfig(String cluster, String user) throws IOException {
    return Files.writeString(
        folder.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: c
          cluster: {%s}
        contexts:
        - name: one
          context: {cluster: c, user: u}
        - name: lost
          context: {cluster: gone, user: u}
        current-context: one
        users:
        - name: u
          user: {%s}
        """
            .formatted(cluster, user));
  }

  private UpstreamAccess open(Path config) throws UpstreamAccessException {
    return UpstreamAccess.open(new Sources(config, null, null, null, null));
  }

  @Test
  void readsCertificatesFromFilesBesideTheKubeconfig() throws Exception {
    ADMIN.write(folder, "admin");
    Files.writeString(folder.resolve("ca.crt"), AUTHORITY.pem());
    Path config =
        kubeconfig(
            "server: \"https://127.0.0.1:1/prefix\", certificate-authority: ca.crt,"
                + " tls-server-name: kubernetes",
            "client-certificate: admin.crt, client-key: admin.key");
    try (UpstreamAccess access = open(config)) {
      assertThat(access.upstream().server()).hasToString("https://127.0.0.1:1/prefix");
      assertThat(access.upstream().certificateAuthority()).isEqualTo(AUTHORITY.pem());
      assertThat(access.upstream().tlsServerName()).isEqualTo("kubernetes");
      assertThat(access.upstream().insecureSkipTlsVerify()).isFalse();
      assertThat(access.upstream().ownCertificate())
          .isEqualTo(new PemKeyPair(ADMIN.certificatePem(), ADMIN.keyPem()));
      assertThat(access.upstream().frontProxyCertificate()).isNull();
      assertThat(access.impersonationToken().get()).isNull();
      assertThat(access.canImpersonate()).isTrue();
    }
  }

  @Test
  void readsInlineDataAndToken() throws Exception {
    String ca =
        Base64.getEncoder().encodeToString(AUTHORITY.pem().getBytes(StandardCharsets.UTF_8));
    Path config =
        kubeconfig(
            "server: \"https://127.0.0.1:1\", certificate-authority-data: " + ca, "token: secret");
    try (UpstreamAccess access = open(config)) {
      assertThat(access.upstream().certificateAuthority()).isEqualTo(AUTHORITY.pem());
      assertThat(access.impersonationToken().get()).isEqualTo("secret");
      assertThat(access.canImpersonate()).isTrue();
    }
  }

  @Test
  void refusesAnUpstreamThatNobodyCanBeSureOfUnlessAFlagSaysSo() throws Exception {
    for (String cluster :
        new String[] {
          "server: \"http://127.0.0.1:1\"",
          "server: \"https://127.0.0.1:1\", insecure-skip-tls-verify: true"
        }) {
      Path config = kubeconfig(cluster, "token: t");

      assertThatExceptionOfType(UpstreamAccessException.class)
          .as(cluster)
          .isThrownBy(() -> open(config))
          .withMessageStartingWith("--kubeconfig " + config + ": found ")
          .withMessageEndingWith(
              "expected https with a certificate authority, or --allow-insecure-upstream");
      UpstreamAccess.open(new Sources(config, null, null, null, null, true)).close();
    }
  }

  @Test
  void readsTheFrontProxyPair() throws Exception {
    ADMIN.write(folder, "front");
    Path config = kubeconfig("server: \"https://127.0.0.1:1\"", "");
    Path certificate = folder.resolve("front.crt");
    Path key = folder.resolve("front.key");
    try (UpstreamAccess access =
        UpstreamAccess.open(new Sources(config, "one", certificate, key, null))) {
      assertThat(access.upstream().frontProxyCertificate())
          .isEqualTo(new PemKeyPair(ADMIN.certificatePem(), ADMIN.keyPem()));
      assertThat(access.canImpersonate()).isFalse();
    }
    assertThatExceptionOfType(UpstreamAccessException.class)
        .isThrownBy(() -> UpstreamAccess.open(new Sources(config, null, certificate, null, null)))
        .withMessageContaining("--proxy-client-key-file");
    assertThatExceptionOfType(UpstreamAccessException.class)
        .isThrownBy(() -> UpstreamAccess.open(new Sources(config, null, config, key, null)))
        .withMessageContaining("--proxy-client-cert-file")
        .withMessageContaining("PEM");
  }

  @Test
  void presentsNothingOfItsOwnWhereAServiceAccountImpersonates() throws Exception {
    ADMIN.write(folder, "admin");
    Path config =
        kubeconfig(
            "server: \"https://127.0.0.1:1\"",
            "client-certificate: admin.crt, client-key: admin.key, token: own");
    try (UpstreamAccess access =
        UpstreamAccess.open(new Sources(config, null, null, null, "apf-system/impersonator"))) {
      assertThat(access.upstream().ownCertificate()).isNull();
      assertThat(access.impersonationToken().get()).as("before one was asked for").isNull();
      assertThat(access.canImpersonate()).isTrue();
    }
  }

  @Test
  void followsARotatedTokenFile() throws Exception {
    Files.writeString(folder.resolve("token"), "first\n");
    Path config = kubeconfig("server: \"https://127.0.0.1:1\"", "tokenFile: token");
    try (UpstreamAccess access = open(config)) {
      Supplier<@Nullable String> token = access.impersonationToken();
      assertThat(token.get()).isEqualTo("first");
      Files.writeString(folder.resolve("token"), "second\n");
      access.reload();
      assertThat(token.get()).isEqualTo("second");
      Files.delete(folder.resolve("token"));
      access.reload();
      assertThat(token.get()).as("the last good one stays").isEqualTo("second");
    }
  }

  /** S89. */
  @Tag("S89")
  @Test
  void followsRotatedCertificatesAndKeepsTheOldOnesWhileTheFilesAreBad() throws Exception {
    // Given
    TestAuthority later = TestAuthority.named("later");
    TestCertificate renewed = later.leaf("admin").forClients().issue();
    ADMIN.write(folder, "admin");
    ADMIN.write(folder, "front");
    Path authority = Files.writeString(folder.resolve("ca.crt"), AUTHORITY.pem());
    Path certificate = folder.resolve("front.crt");
    Path key = folder.resolve("front.key");
    Path config =
        kubeconfig(
            "server: \"https://127.0.0.1:1\", certificate-authority: ca.crt",
            "client-certificate: admin.crt, client-key: admin.key");
    PemKeyPair before = new PemKeyPair(ADMIN.certificatePem(), ADMIN.keyPem());
    PemKeyPair after = new PemKeyPair(renewed.certificatePem(), renewed.keyPem());
    try (UpstreamAccess access =
        UpstreamAccess.open(new Sources(config, null, certificate, key, null))) {
      UpstreamConfig first = access.upstream();
      KubernetesClient client = access.client();

      // When, Then
      access.reload();
      assertThat(access.upstream()).isSameAs(first);

      Files.writeString(certificate, renewed.certificatePem());
      access.reload();
      assertThat(access.upstream()).as("certificate without its key").isSameAs(first);
      Files.writeString(key, renewed.keyPem().substring(0, 60));
      access.reload();
      assertThat(access.upstream()).as("half a key").isSameAs(first);
      Files.writeString(key, renewed.keyPem());
      access.reload();
      assertThat(access.upstream().frontProxyCertificate()).isEqualTo(after);
      assertThat(access.upstream().ownCertificate()).isEqualTo(before);

      renewed.write(folder, "admin");
      Files.writeString(authority, later.pem().substring(0, 200));
      access.reload();
      assertThat(access.upstream().ownCertificate()).isEqualTo(after);
      assertThat(access.upstream().certificateAuthority()).isEqualTo(AUTHORITY.pem());
      Files.writeString(authority, later.pem());
      access.reload();
      assertThat(access.upstream().certificateAuthority()).isEqualTo(later.pem());
      assertThat(access.daysLeft(Credential.FRONT_PROXY, Instant.now()))
          .hasValueCloseTo(1.0, within(0.1));
      assertThat(access.daysLeft(Credential.NONE, Instant.now())).isEmpty();

      UpstreamConfig last = access.upstream();
      Files.delete(config);
      Files.delete(key);
      access.reload();
      assertThat(access.upstream()).isSameAs(last);
      assertThat(access.client()).as("one that others may keep").isSameAs(client);
    }
  }

  @Test
  void saysInOneLineWhatIsWrongWithAKubeconfig() throws Exception {
    assertMessage(folder.resolve("missing"), null, "missing cannot be read");
    Path config = kubeconfig("server: \"ftp://x\"", "token: t");
    assertMessage(config, null, "\"ftp://x\" must be an http or https URL");
    assertMessage(config, "two", "no context \"two\" (it has: one, lost)");
    assertMessage(config, "lost", "no cluster \"gone\" (it has: c)");
    assertMessage(kubeconfig("server: \"\"", "token: t"), null, "has no server");
    assertMessage(
        kubeconfig("server: \"https://x\", certificate-authority: none.crt", "token: t"),
        null,
        "none.crt cannot be read");
    assertMessage(Files.writeString(folder.resolve("bad"), "a: ["), null, "is not YAML");
  }

  private static void assertMessage(
      Path config, @org.jspecify.annotations.Nullable String context, String text) {
    assertThatExceptionOfType(UpstreamAccessException.class)
        .isThrownBy(() -> UpstreamAccess.open(new Sources(config, context, null, null, null)))
        .withMessageContaining(text)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void readsTheServiceAccountOfThePod() throws Exception {
    Files.writeString(folder.resolve("token"), "projected\n");
    Files.writeString(folder.resolve("ca.crt"), AUTHORITY.pem());
    Files.writeString(folder.resolve("namespace"), "apf-system");
    Map<String, String> environment =
        Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443");
    Config config = new ServiceAccountSource(folder, environment::get).load();
    assertThat(config.getMasterUrl()).startsWith("https://[fd00::1]:443");
    assertThat(CredentialSource.token(config)).isEqualTo("projected");
    assertThat(config.getNamespace()).isEqualTo("apf-system");
    assertThatExceptionOfType(UpstreamAccessException.class)
        .isThrownBy(() -> new ServiceAccountSource(folder, name -> null).load())
        .withMessageContaining("--kubeconfig");
  }
}
