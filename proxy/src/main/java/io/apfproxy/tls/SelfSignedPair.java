package io.apfproxy.tls;

import io.apfproxy.tls.KeyPairPem.UnusableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pair {@code apf-proxy.crt}, {@code apf-proxy.key} in {@code --cert-dir}: made once, used
 * again while it is valid and has all names.
 */
public final class SelfSignedPair {
  /*
   * As kube-apiserver's: a leaf and the authority that signed it, both in the .crt, so that the file
   * serves clients as their CA.
   */
  private static final Logger LOG = LoggerFactory.getLogger(SelfSignedPair.class);
  private static final Duration LEAST_LEFT = Duration.ofDays(7);

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
    ThrowAwayAuthority authority =
        new ThrowAwayAuthority("apf-proxy-ca@" + now.getEpochSecond(), now);
    PemKeyPair leaf = authority.forServer("apf-proxy@" + now.getEpochSecond(), names);
    // The key first: a reader that finds the new certificate finds its key too.
    write(key, leaf.key(), "rw-------");
    write(certificate, leaf.certificates() + authority.pem(), "rw-r--r--");
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
