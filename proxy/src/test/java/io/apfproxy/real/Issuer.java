package io.apfproxy.real;

import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.attack.KeyKind;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.function.UnaryOperator;
import org.bouncycastle.asn1.x500.X500Name;

/**
 * Somebody who signs certificates: its name as it stands in what it issues, and its key.
 *
 * @param certificate its own
 */
record Issuer(X500Name name, KeyPair keys, String signature, X509Certificate certificate) {
  static Issuer of(TestAuthority authority) {
    X509Certificate own = authority.own().certificate();
    return new Issuer(
        X500Name.getInstance(own.getSubjectX500Principal().getEncoded()),
        new KeyPair(own.getPublicKey(), authority.own().key()),
        "SHA256withECDSA",
        own);
  }

  /** Signed by itself. */
  static Issuer root(String name, KeyKind kind, UnaryOperator<ForgedCertificate> shape) {
    return issuer(new X500Name("CN=" + name), kind, forged -> shape.apply(forged.authority()));
  }

  /** Below this one, and fit to issue unless the shape says otherwise. */
  Issuer below(String name, KeyKind kind, UnaryOperator<ForgedCertificate> shape) {
    return below(new X500Name("CN=" + name), kind, shape);
  }

  Issuer below(X500Name name, KeyKind kind, UnaryOperator<ForgedCertificate> shape) {
    return issuer(name, kind, forged -> shape.apply(sign(forged.authority())));
  }

  /** The same with another name in what it issues. */
  Issuer called(X500Name other) {
    return new Issuer(other, keys, signature, certificate);
  }

  TestCertificate pair() {
    return new TestCertificate(certificate, keys.getPrivate());
  }

  ForgedCertificate sign(ForgedCertificate forged) {
    return forged.signedBy(name, keys).signature(signature);
  }

  private static Issuer issuer(
      X500Name name, KeyKind kind, UnaryOperator<ForgedCertificate> shape) {
    KeyPair keys = kind.generate();
    return new Issuer(
        name,
        keys,
        kind.signature(),
        shape.apply(new ForgedCertificate(kind, keys).subject(name)).issue().certificate());
  }
}
