package io.apfproxy.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues certificates on P-256 for a year, in memory; its own key is never written anywhere. Not
 * thread-safe.
 */
public final class ThrowAwayAuthority {
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final X500Name name;
  private final Instant now;
  private final KeyPair keys;
  private final X509Certificate certificate;

  /**
   * @param commonName of the authority
   * @param now the wall clock's time
   * @throws IOException if this runtime cannot make certificates
   */
  public ThrowAwayAuthority(String commonName, Instant now) throws IOException {
    this.name = new X500Name("CN=" + commonName);
    this.now = now;
    try {
      this.keys = newKeys();
      JcaX509v3CertificateBuilder builder = builder(name, keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature));
      this.certificate = sign(builder);
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw failed(e);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /** The certificate as PEM. */
  public String pem() throws IOException {
    return pem(certificate);
  }

  /**
   * A certificate to listen with.
   *
   * @param names host names and IP addresses it has
   */
  public PemKeyPair forServer(String commonName, Collection<String> names) throws IOException {
    GeneralNames alternatives =
        new GeneralNames(
            names.stream().map(ThrowAwayAuthority::general).toArray(GeneralName[]::new));
    return issue(new X500Name("CN=" + commonName), KeyPurposeId.id_kp_serverAuth, alternatives);
  }

  /** A certificate of a user who is in one group. */
  public PemKeyPair forClient(String user, String group) throws IOException {
    return issue(
        new X500Name("O=" + group + ",CN=" + user), KeyPurposeId.id_kp_clientAuth, NO_NAMES);
  }

  private static final GeneralNames NO_NAMES = new GeneralNames(new GeneralName[0]);

  private PemKeyPair issue(X500Name subject, KeyPurposeId purpose, GeneralNames names)
      throws IOException {
    try {
      KeyPair leafKeys = newKeys();
      JcaX509v3CertificateBuilder builder = builder(subject, leafKeys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
      if (names.getNames().length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, names);
      }
      return new PemKeyPair(
          pem(sign(builder)), KeyPairPem.pem("PRIVATE KEY", leafKeys.getPrivate().getEncoded()));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw failed(e);
    }
  }

  private static String pem(X509Certificate certificate) throws IOException {
    try {
      return KeyPairPem.pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw failed(e);
    }
  }

  private static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static GeneralName general(String name) {
    boolean address = name.contains(":") || name.matches("[0-9.]+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private JcaX509v3CertificateBuilder builder(X500Name subject, PublicKey key) {
    return new JcaX509v3CertificateBuilder(
        name,
        new BigInteger(159, RANDOM),
        Date.from(now.minus(Duration.ofHours(1))), // clocks of clients may be behind
        Date.from(now.plus(VALIDITY)),
        subject,
        key);
  }

  private X509Certificate sign(JcaX509v3CertificateBuilder builder)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }

  private static IOException failed(Exception cause) {
    return new IOException("cannot make a certificate: " + cause.getMessage(), cause);
  }
}
