package io.apfproxy.authn.who;

import static io.apfproxy.authn.who.Forging.keysOf;
import static io.apfproxy.authn.who.Forging.nameOf;
import static io.apfproxy.authn.who.Forging.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.time.ManualTime;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERNumericString;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERT61String;
import org.bouncycastle.asn1.DERUniversalString;
import org.bouncycastle.asn1.DERVisibleString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where Go and the JDK disagree about a certificate, Go is right. */
@Tag("S18")
class GoPathTest {
  private static final TestAuthority ROOT = TestAuthority.named("root");
  private static final Named GOOD_ONLY =
      new Named(
          Extension.nameConstraints,
          new NameConstraints(
              new GeneralSubtree[] {
                new GeneralSubtree(new GeneralName(GeneralName.dNSName, "good.example"))
              },
              null));
  private static final Named NO_USAGE = new Named(Extension.keyUsage, new KeyUsage(0));
  private static final Named LAST = new Named(Extension.basicConstraints, new BasicConstraints(0));

  private record Named(ASN1ObjectIdentifier id, ASN1Object value) {}

  private final ManualTime clock = ManualTime.at(Instant.now());

  /** Source: Go, verify.go, isValid; the JDK believes only some of these. */
  @Test
  void believesWhatGoBelievesThoughTheJdkDoesNot() throws CertificateException {
    KeyPair keys = KeyKind.P256.generate();
    X509Certificate limited = read(rootSigned(keys, "limited", true, GOOD_ONLY));
    assertThat(name(List.of(read(below(keys, "limited")), limited)))
        .as("a common name is no host's")
        .contains("alice");
    X509Certificate idle = read(rootSigned(keys, "idle", true, NO_USAGE));
    assertThat(name(List.of(read(below(keys, "idle")), idle)))
        .as("a usage of nothing says nothing")
        .contains("alice");
    assertThat(
            name(
                List.of(
                    read(
                        forged("alice")
                            .extension(Extension.cRLDistributionPoints, true, new DERSequence())))))
        .as("places of revocation lists are known")
        .contains("alice");
  }

  @Test
  void refusesWhatGoRefusesThoughTheJdkDoesNot() throws CertificateException {
    KeyPair keys = KeyKind.P256.generate();
    KeyPair renewedKeys = KeyKind.P256.generate();
    X509Certificate last = read(rootSigned(keys, "last", false, LAST));
    X509Certificate renewed =
        read(
            new ForgedCertificate(KeyKind.P256, renewedKeys)
                .authority()
                .subject("last")
                .signedBy(new X500Name("CN=last"), keys));
    assertThat(name(List.of(read(below(keys, "last")), last))).contains("alice");
    assertThat(name(List.of(read(below(renewedKeys, "last")), renewed, last)))
        .as("one that renewed itself counts too")
        .isEmpty();
    assertThat(
            isBelieved(
                ROOT.own().certificate(),
                List.of(
                    read(
                        new ForgedCertificate(KeyKind.P256)
                            .signedBy(new X500Name("CN=ROOT"), keysOf(ROOT))))))
        .as("names are bytes")
        .isFalse();
    X509Certificate odd =
        read(
            new ForgedCertificate(KeyKind.P256, keys)
                .authority()
                .subject("odd")
                .extension(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE));
    assertThat(isBelieved(odd, List.of(read(below(keys, "odd")))))
        .as("an authority of ours says something critical")
        .isFalse();
    assertThat(
            name(
                List.of(
                    read(
                        new ForgedCertificate(KeyKind.RSA_PSS)
                            .signedBy(nameOf(ROOT), keysOf(ROOT))
                            .signature("SHA256withECDSA")))))
        .as("a key for PSS only")
        .isEmpty();
  }

  /** Source: Go, parser.go; a client that presents one does not get through its handshake. */
  @Test
  void refusesWhatGoCannotRead() throws CertificateException {
    assertThat(name(List.of(read(forged("x").serial(BigInteger.valueOf(-1)))))).isEmpty();
    for (ASN1Encodable text :
        List.of(
            new DERPrintableString("a@b"),
            new DERVisibleString("a"),
            new DERUniversalString(new byte[4]),
            new DERNumericString("a"),
            new DERIA5String("\u00fc"),
            new ASN1Integer(1))) {
      X500Name odd = new X500NameBuilder().addRDN(BCStyle.CN, text).build();
      assertThat(name(List.of(read(forged("x").subject(odd))))).as(text.toString()).isEmpty();
    }
    X500Name old = new X500NameBuilder().addRDN(BCStyle.CN, new DERT61String("\u00fc")).build();
    assertThat(name(List.of(read(forged("x").subject(old))))).contains("\u00fc");
  }

  private static ForgedCertificate rootSigned(
      KeyPair keys, String name, boolean authority, Named extension) {
    ForgedCertificate forged =
        new ForgedCertificate(KeyKind.P256, keys)
            .subject(name)
            .signedBy(nameOf(ROOT), keysOf(ROOT))
            .extension(extension.id(), true, extension.value());
    return authority ? forged.authority() : forged.bare();
  }

  private static ForgedCertificate below(KeyPair issuer, String name) {
    return new ForgedCertificate(KeyKind.P256)
        .subject("alice")
        .signedBy(new X500Name("CN=" + name), issuer);
  }

  private static ForgedCertificate forged(String name) {
    return new ForgedCertificate(KeyKind.P256).subject(name).signedBy(nameOf(ROOT), keysOf(ROOT));
  }

  private Optional<String> name(List<X509Certificate> chain) {
    return verify(ROOT.own().certificate(), chain).map(CertificateSubject::commonName);
  }

  private boolean isBelieved(X509Certificate authority, List<X509Certificate> chain) {
    return verify(authority, chain).isPresent();
  }

  private Optional<CertificateSubject> verify(
      X509Certificate authority, List<X509Certificate> chain) {
    return new ChainVerifier(List.of(authority), Runnable::run, clock).verify(chain, "a").join();
  }
}
