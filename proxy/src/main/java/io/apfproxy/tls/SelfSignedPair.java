package io.apfproxy.tls;

import io.apfproxy.tls.KeyPairPem.UnusableException;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pair {@code apf-proxy.crt}, {@code apf-proxy.key} in {@code --cert-dir}: made once, used
 * again while it is valid and has all names.
 */
public final class SelfSignedPair {
  /*
   * As kube-apiserver's: a leaf and the authority that signed it, both in the .crt, so that the file
   * serves clients as their CA. The authority's key is thrown away.
   */
  private static final Logger LOG = LoggerFactory.getLogger(SelfSignedPair.class);
  private static final Duration VALIDITY = Duration.ofDays(365);
  private static final Duration LEAST_LEFT = Duration.ofDays(7);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Path certificate;
  private final Path key;
  private final Set<String> names;
  private final Instant now;

  /**
   * @param names host names and IP addresses the certificate must have
   */
  public SelfSignedPair(Path directory, Collection<String> names, Instant now) {
    this.certificate = directory.resolve("apf-proxy.crt");
    this.key = directory.resolve("apf-proxy.key");
    this.names = new LinkedHashSet<>(names);
    this.now = now;
  }

  public Path certificate() {
    return certificate;
  }

  public Path key() {
    return key;
  }

  /** Makes the pair unless a usable one is there. */
  public void ensure() throws IOException {
    Optional<String> reason = reasonToMake();
    if (reason.isPresent()) {
      make();
      LOG.info("made {} for {} ({})", certificate, String.join(", ", names), reason.get());
    }
  }

  private Optional<String> reasonToMake() throws IOException {
    if (!Files.exists(certificate) || !Files.exists(key)) {
      return Optional.of("none was there");
    }
    try {
      X509Certificate leaf =
          KeyPairPem.of(Files.readAllBytes(certificate), Files.readAllBytes(key)).leaf();
      if (leaf.getNotAfter().toInstant().isBefore(now.plus(LEAST_LEFT))) {
        return Optional.of("the old one ends " + leaf.getNotAfter().toInstant());
      }
      return namesOf(leaf).containsAll(names.stream().map(SelfSignedPair::canonical).toList())
          ? Optional.empty()
          : Optional.of("the old one has not all names");
    } catch (UnusableException e) {
      return Optional.of("the old one has " + e.getMessage());
    }
  }

  private static Set<String> namesOf(X509Certificate leaf) {
    Set<String> found = new LinkedHashSet<>();
    try {
      Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.forEach(name -> found.add(canonical(String.valueOf(name.get(1)))));
      }
    } catch (CertificateParsingException e) {
      return Set.of(); // then it is made anew
    }
    return found;
  }

  /** IPv6 addresses come back from a certificate in another form than they were given in. */
  private static String canonical(String name) {
    if (!name.contains(":")) {
      return name;
    }
    try {
      return InetAddress.getByName(name).getHostAddress(); // a literal: nothing is looked up
    } catch (UnknownHostException e) {
      return name;
    }
  }

  private void make() throws IOException {
    Files.createDirectories(certificate.toAbsolutePath().getParent());
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair authorityKeys = generator.generateKeyPair();
      KeyPair leafKeys = generator.generateKeyPair();
      X500Name authorityName = new X500Name("CN=apf-proxy-ca@" + now.getEpochSecond());
      X509Certificate authority =
          authority(authorityName, authorityKeys.getPublic(), authorityKeys.getPrivate());
      X509Certificate leaf = leaf(authorityName, leafKeys.getPublic(), authorityKeys.getPrivate());
      // The key first: a reader that finds the new certificate finds its key too.
      write(key, KeyPairPem.pem("PRIVATE KEY", leafKeys.getPrivate().getEncoded()), "rw-------");
      write(
          certificate,
          KeyPairPem.pem("CERTIFICATE", leaf.getEncoded())
              + KeyPairPem.pem("CERTIFICATE", authority.getEncoded()),
          "rw-r--r--");
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IOException("cannot make a certificate: " + e.getMessage(), e);
    }
  }

  private X509Certificate authority(X500Name name, PublicKey publicKey, PrivateKey signer)
      throws CertIOException, GeneralSecurityException, OperatorCreationException {
    JcaX509v3CertificateBuilder builder = builder(name, name, publicKey);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    builder.addExtension(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.digitalSignature));
    return sign(builder, signer);
  }

  private X509Certificate leaf(X500Name issuer, PublicKey publicKey, PrivateKey signer)
      throws CertIOException, GeneralSecurityException, OperatorCreationException {
    JcaX509v3CertificateBuilder builder =
        builder(issuer, new X500Name("CN=apf-proxy@" + now.getEpochSecond()), publicKey);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(names.stream().map(SelfSignedPair::general).toArray(GeneralName[]::new)));
    return sign(builder, signer);
  }

  private static GeneralName general(String name) {
    boolean address = name.contains(":") || name.matches("[0-9.]+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(159, RANDOM),
        Date.from(now.minus(Duration.ofHours(1))), // clocks of clients may be behind
        Date.from(now.plus(VALIDITY)),
        subject,
        key);
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey signer)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer)));
  }

  private static void write(Path file, String text, String mode) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    Set<PosixFilePermission> permissions = PosixFilePermissions.fromString(mode);
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(temporary, PosixFilePermissions.asFileAttribute(permissions));
    }
    Files.write(temporary, text.getBytes(StandardCharsets.US_ASCII));
    Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
  }
}
