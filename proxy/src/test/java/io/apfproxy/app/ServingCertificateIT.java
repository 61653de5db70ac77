package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.tls.KeyPairPem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingCertificateIT {
  private final Instant now = Instant.now();

  @TempDir Path directory;

  private ServingCertificate selfSigned(Path certDir, String bindAddress, Instant when)
      throws Exception {
    return ServingCertificate.open(
        ProxyOptions.of("--cert-dir=" + certDir, "--bind-address=" + bindAddress).listener(), when);
  }

  private ServingCertificate given(Path certificate, Path key) throws Exception {
    return ServingCertificate.open(
        ProxyOptions.of("--tls-cert-file=" + certificate, "--tls-private-key-file=" + key)
            .listener(),
        now);
  }

  @Test
  void makesAPairThatClientsCanTrust() throws Exception {
    Path certDir = directory.resolve("made/on/demand");

    ServingCertificate serving = selfSigned(certDir, "fd00::7", now);

    X509Certificate leaf = serving.current().leaf();
    X509Certificate authority = serving.current().chain().get(1);
    leaf.verify(authority.getPublicKey());
    authority.verify(authority.getPublicKey());
    assertThat(authority.getBasicConstraints()).isNotNegative();
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(leaf.getSubjectAlternativeNames())
        .extracting(name -> name.get(1).toString())
        .contains("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "fd00:0:0:0:0:0:0:7")
        .contains("kubernetes", "kubernetes.default.svc.cluster.local", "apf-proxy");
    assertThat(serving.certificateFile()).isEqualTo(certDir.resolve("apf-proxy.crt"));
    assertThat(Files.getPosixFilePermissions(certDir.resolve("apf-proxy.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(serving.daysLeft(now)).isBetween(364.9, 365.1);
  }

  @Test
  void usesThePairAgainWhileItIsValidAndHasAllNames() throws Exception {
    X509Certificate first = selfSigned(directory, "fd00::7", now).current().leaf();

    assertThat(selfSigned(directory, "fd00::7", now.plusSeconds(1)).current().leaf())
        .isEqualTo(first);
    assertThat(selfSigned(directory, "10.1.2.3", now).current().leaf()).isNotEqualTo(first);
  }

  @Test
  void makesANewPairWhenTheOldOneEndsSoon() throws Exception {
    X509Certificate first = selfSigned(directory, "0.0.0.0", now).current().leaf();

    Instant nearTheEnd = now.plus(Duration.ofDays(360));

    assertThat(selfSigned(directory, "0.0.0.0", nearTheEnd).current().leaf()).isNotEqualTo(first);
  }

  @Test
  void makesANewPairWhenOnlyHalfOfItIsThere() throws Exception {
    X509Certificate first = selfSigned(directory, "0.0.0.0", now).current().leaf();
    Files.writeString(directory.resolve("apf-proxy.key"), "half");

    assertThat(selfSigned(directory, "0.0.0.0", now).current().leaf()).isNotEqualTo(first);
  }

  @Test
  void servesNewFilesAndKeepsTheOldPairWhileTheyAreBad() throws Exception {
    // Given
    Path one = directory.resolve("one");
    Path two = directory.resolve("two");
    selfSigned(one, "0.0.0.0", now);
    X509Certificate second = selfSigned(two, "0.0.0.0", now).current().leaf();
    Path certificate = one.resolve("apf-proxy.crt");
    Path key = one.resolve("apf-proxy.key");
    ServingCertificate serving = given(certificate, key);
    X509Certificate first = serving.current().leaf();

    // When, Then
    assertThat(serving.reloadIfChanged()).isFalse();

    Files.copy(two.resolve("apf-proxy.crt"), certificate, StandardCopyOption.REPLACE_EXISTING);
    assertThat(serving.reloadIfChanged()).as("certificate without its key").isFalse();
    assertThat(serving.current().leaf()).isEqualTo(first);

    Files.copy(two.resolve("apf-proxy.key"), key, StandardCopyOption.REPLACE_EXISTING);
    assertThat(serving.reloadIfChanged()).isTrue();
    assertThat(serving.current().leaf()).isEqualTo(second);

    Files.delete(certificate);
    assertThat(serving.reloadIfChanged()).isFalse();
    Files.writeString(certificate, "nothing");
    assertThat(serving.reloadIfChanged()).isFalse();
    assertThat(serving.current().leaf()).isEqualTo(second);
  }

  @Test
  void readsKeysInTheFormsThatToolsWrite() throws Exception {
    selfSigned(directory, "0.0.0.0", now);
    Path certificate = directory.resolve("apf-proxy.crt");
    byte[] pkcs8 =
        Base64.getMimeDecoder()
            .decode(
                Files.readString(directory.resolve("apf-proxy.key"))
                    .replaceAll("-----[A-Z ]+-----", ""));
    byte[] sec1 =
        org.bouncycastle.asn1.pkcs.PrivateKeyInfo.getInstance(pkcs8)
            .parsePrivateKey()
            .toASN1Primitive()
            .getEncoded();
    Path key = directory.resolve("ec.key");
    Files.writeString(
        key,
        KeyPairPem.pem("EC PARAMETERS", new byte[] {6, 8, 42, -122, 72, -50, 61, 3, 1, 7})
            + KeyPairPem.pem("EC PRIVATE KEY", withCurve(sec1)));

    assertThat(given(certificate, key).current().pem().key())
        .startsWith("-----BEGIN PRIVATE KEY-----");
  }

  /** Keys that stand alone name their curve. */
  private static byte[] withCurve(byte[] sec1) throws Exception {
    var key = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(sec1);
    return new org.bouncycastle.asn1.sec.ECPrivateKey(
            256, key.getKey(), org.bouncycastle.asn1.sec.SECObjectIdentifiers.secp256r1)
        .getEncoded();
  }

  @Test
  void saysWhichFileIsWrongAndWhatWasExpected() throws Exception {
    selfSigned(directory.resolve("a"), "0.0.0.0", now);
    selfSigned(directory.resolve("b"), "0.0.0.0", now);
    Path certificate = directory.resolve("a/apf-proxy.crt");
    Path foreignKey = directory.resolve("b/apf-proxy.key");
    Path missing = directory.resolve("missing");
    Path text = Files.writeString(directory.resolve("text"), "hello");

    assertRefused(
        certificate,
        foreignKey,
        "--tls-private-key-file: found a key of another certificate in "
            + foreignKey
            + ", expected the PEM key of "
            + certificate);
    assertRefused(
        missing,
        foreignKey,
        "--tls-cert-file: cannot read " + missing + " (no such file), expected a PEM file");
    assertRefused(
        text,
        foreignKey,
        "--tls-cert-file: found no certificate that can be read in "
            + text
            + ", expected PEM certificates");
    assertRefused(
        certificate,
        text,
        "--tls-private-key-file: found no private key in "
            + text
            + ", expected the PEM key of "
            + certificate);
  }

  private void assertRefused(Path certificate, Path key, String message) {
    assertThatThrownBy(() -> given(certificate, key))
        .isInstanceOf(StartException.class)
        .hasMessage(message);
  }

  @Test
  void saysThatTheDirectoryCannotBeWritten() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> selfSigned(file, "0.0.0.0", now))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("--cert-dir: cannot write " + file.resolve("apf-proxy.crt"))
        .hasMessageEndingWith("expected a writable directory, or --tls-cert-file");
    assertThat(List.of(directory.toFile().list())).containsExactly("file");
  }
}
