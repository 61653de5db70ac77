package io.apfproxy.authn.who;

import java.security.cert.CertPathValidatorException;
import java.security.cert.Certificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXCertPathChecker;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Wants every certificate of a chain to be fit for TLS clients, as Go's verifier does. */
final class ClientUsage extends PKIXCertPathChecker {
  private static final String EXTENSION = "2.5.29.37";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY = "2.5.29.37.0";

  @Override
  public void init(boolean forward) {}

  @Override
  public boolean isForwardCheckingSupported() {
    return true;
  }

  @Override
  public Set<String> getSupportedExtensions() {
    return Set.of(EXTENSION);
  }

  @Override
  public void check(Certificate certificate, Collection<String> unresolved)
      throws CertPathValidatorException {
    if (!allows((X509Certificate) certificate)) {
      throw new CertPathValidatorException("not for TLS clients");
    }
    unresolved.remove(EXTENSION);
  }

  static boolean allows(X509Certificate certificate) {
    try {
      List<String> usages = certificate.getExtendedKeyUsage();
      return usages == null
          || usages.isEmpty()
          || usages.contains(CLIENT_AUTH)
          || usages.contains(ANY);
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
