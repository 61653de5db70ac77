package io.apfproxy.real;

import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;

/** Authorities of all kinds that kube-apiserver is told to believe, besides its own. */
final class TrustedIssuers {
  /** Of an extension that nobody knows. */
  static final ASN1ObjectIdentifier UNKNOWN = new ASN1ObjectIdentifier("1.3.6.1.4.1.57683.77");

  private static final Duration HOUR = Duration.ofHours(1);
  private static final ASN1ObjectIdentifier USAGE = Extension.extendedKeyUsage;
  private static final ASN1ObjectIdentifier NAMES = Extension.nameConstraints;
  private static final KeyUsage DIGITAL = new KeyUsage(KeyUsage.digitalSignature);
  private static final ExtendedKeyUsage SERVERS =
      new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth);

  private final Map<String, Issuer> known = new LinkedHashMap<>();

  TrustedIssuers(ControlPlane cluster) {
    known.put("ca", Issuer.of(TestAuthority.read(cluster.pki("ca.crt"), cluster.pki("ca.key"))));
    Instant now = Instant.now();
    put("rsa", KeyKind.RSA_2048, forged -> forged);
    put("rsa-1024", KeyKind.RSA_1024, forged -> forged);
    put("p521", KeyKind.P521, forged -> forged);
    put("ed25519", KeyKind.ED25519, forged -> forged);
    put("first-version", KeyKind.P256, ForgedCertificate::firstVersion);
    put("bare", KeyKind.P256, ForgedCertificate::bare);
    put("expired", KeyKind.P256, forged -> forged.valid(now.minus(HOUR.multipliedBy(2)), now));
    put("no-signing", KeyKind.P256, forged -> forged.extension(Extension.keyUsage, true, DIGITAL));
    put("for-servers", KeyKind.P256, forged -> forged.extension(USAGE, false, SERVERS));
    put("unknown", KeyKind.P256, forged -> forged.extension(UNKNOWN, true, DERNull.INSTANCE));
    put("good-only", KeyKind.P256, forged -> forged.extension(NAMES, true, good()));
    put("path-0", KeyKind.P256, forged -> pathLength(forged, 0));
    put("Odd Name", KeyKind.P256, forged -> forged);
    put("itself", KeyKind.P256, forged -> forged.bare());
  }

  /** Lets names below good.example be issued only. */
  static NameConstraints good() {
    return permitted(new GeneralName(GeneralName.dNSName, "good.example"));
  }

  static NameConstraints permitted(GeneralName name) {
    return new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(name)}, null);
  }

  static ForgedCertificate pathLength(ForgedCertificate forged, int most) {
    return forged.bare().extension(Extension.basicConstraints, true, new BasicConstraints(most));
  }

  private void put(String name, KeyKind kind, UnaryOperator<ForgedCertificate> shape) {
    known.put(name, Issuer.root(name, kind, shape));
  }

  Issuer named(String name) {
    return Objects.requireNonNull(known.get(name), name);
  }

  /** Has the server believe all of them; it looks at the file when it changes. */
  void addTo(Path authorities) throws IOException {
    StringBuilder pem = new StringBuilder();
    for (Issuer issuer : known.values()) {
      pem.append(issuer.pair().certificatePem());
    }
    Files.writeString(authorities, pem);
  }
}
