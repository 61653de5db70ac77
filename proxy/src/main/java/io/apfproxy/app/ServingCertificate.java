package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.Reasons;
import io.apfproxy.cli.StartException;
import io.apfproxy.tls.KeyPairPem;
import io.apfproxy.tls.KeyPairPem.UnusableException;
import io.apfproxy.tls.SelfSignedPair;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate clients see: the files given, else the self-signed pair. Read anew when the files
 * change; a bad pair leaves the old one in force. Thread-safe.
 */
final class ServingCertificate {
  private static final Logger LOG = LoggerFactory.getLogger(ServingCertificate.class);
  private static final List<String> CLUSTER_NAMES =
      List.of(
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local",
          "apf-proxy",
          "apf-proxy.apf-system",
          "apf-proxy.apf-system.svc",
          "apf-proxy.apf-system.svc.cluster.local");

  private final Path certificateFile;
  private final Path keyFile;
  private volatile KeyPairPem current;
  private byte[] lastCertificate;
  private byte[] lastKey;

  private ServingCertificate(Path certificateFile, Path keyFile, byte[] certificate, byte[] key)
      throws UnusableException {
    this.certificateFile = certificateFile;
    this.keyFile = keyFile;
    this.lastCertificate = certificate;
    this.lastKey = key;
    this.current = KeyPairPem.of(certificate, key);
  }

  /**
   * Reads the files, or makes the self-signed pair first.
   *
   * @throws StartException naming the flag and file, what was found and expected
   */
  static ServingCertificate open(ProxyOptions.Listener options, Instant now) throws StartException {
    Path certificate = options.certificate();
    Path key = options.privateKey();
    if (certificate == null || key == null) {
      SelfSignedPair pair =
          new SelfSignedPair(options.certDir(), names(options.bindAddress()), now);
      try {
        pair.ensure();
      } catch (IOException e) {
        throw new StartException(
            "--cert-dir: cannot write "
                + pair.certificate()
                + " ("
                + Reasons.of(e)
                + "), expected a writable directory, or --tls-cert-file");
      }
      certificate = pair.certificate();
      key = pair.key();
    }
    byte[] certificateBytes = read("--tls-cert-file", certificate);
    byte[] keyBytes = read("--tls-private-key-file", key);
    try {
      return new ServingCertificate(certificate, key, certificateBytes, keyBytes);
    } catch (UnusableException e) {
      throw new StartException(
          e.inKey()
              ? "--tls-private-key-file: found "
                  + e.getMessage()
                  + " in "
                  + key
                  + ", expected "
                  + e.expected("the PEM key of " + certificate)
              : "--tls-cert-file: found "
                  + e.getMessage()
                  + " in "
                  + certificate
                  + ", expected "
                  + e.expected("PEM certificates"));
    }
  }

  /** The pair in force. */
  KeyPairPem current() {
    return current;
  }

  /** File that a client may take as certificate authority. */
  Path certificateFile() {
    return certificateFile;
  }

  /** Days until the certificate in force ends; negative after that. */
  double daysLeft(Instant now) {
    return current.daysLeft(now);
  }

  /**
   * Looks at the files. Half a file, or a key that came before its certificate, is found out and
   * looked at again next time.
   *
   * @return whether a new pair is in force
   */
  synchronized boolean reloadIfChanged() {
    byte @Nullable [] certificate = readQuietly(certificateFile);
    byte @Nullable [] key = readQuietly(keyFile);
    if (certificate == null
        || key == null
        || (Arrays.equals(certificate, lastCertificate) && Arrays.equals(key, lastKey))) {
      return false;
    }
    lastCertificate = certificate;
    lastKey = key;
    try {
      current = KeyPairPem.of(certificate, key);
      LOG.info("serving the new certificate in {}", certificateFile);
      return true;
    } catch (UnusableException e) {
      LOG.warn(
          "{} holds {}: the old certificate stays, {} days left",
          e.inKey() ? keyFile : certificateFile,
          e.getMessage(),
          (long) daysLeft(Instant.now()));
      return false;
    }
  }

  private static byte @Nullable [] readQuietly(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      return null; // in the middle of being replaced, or gone: the old pair stays
    }
  }

  private static byte[] read(String flag, Path file) throws StartException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StartException(
          flag + ": cannot read " + file + " (" + Reasons.of(e) + "), expected a PEM file");
    }
  }

  private static Set<String> names(String bindAddress) {
    Set<String> names = new LinkedHashSet<>(List.of("localhost"));
    try {
      names.add(InetAddress.getLocalHost().getHostName().toLowerCase(Locale.ROOT));
    } catch (UnknownHostException e) {
      LOG.debug("the machine has no name for the certificate");
    }
    names.addAll(List.of("127.0.0.1", "::1"));
    if (!bindAddress.equals("0.0.0.0") && !bindAddress.equals("::")) {
      names.add(bindAddress);
    }
    names.addAll(CLUSTER_NAMES);
    return names;
  }
}
