package io.apfproxy.authn.who;

import io.apfproxy.fixtures.attack.ForgedCertificate;
import io.apfproxy.fixtures.pki.TestAuthority;
import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.x500.X500Name;

/** What certificates are forged with, and how they are read. */
final class Forging {
  private Forging() {}

  static X500Name nameOf(TestAuthority authority) {
    return X500Name.getInstance(
        authority.own().certificate().getSubjectX500Principal().getEncoded());
  }

  static KeyPair keysOf(TestAuthority authority) {
    return new KeyPair(authority.own().certificate().getPublicKey(), authority.own().key());
  }

  /** As it arrives: from its bytes. */
  static X509Certificate read(ForgedCertificate forged) throws CertificateException {
    byte[] encoded = forged.issue().certificate().getEncoded();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(encoded));
  }
}
