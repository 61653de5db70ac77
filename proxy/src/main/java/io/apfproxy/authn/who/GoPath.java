package io.apfproxy.authn.who;

import io.apfproxy.authn.who.ChainPaths.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Whether an authority vouches for a certificate, by one way, as Go's verifier decides. Source: Go,
 * crypto/x509, verify.go (isValid, Verify), x509.go (CheckSignatureFrom).
 */
@SuppressWarnings("JavaUtilDate") // the JDK's path validator and certificates speak Date
final class GoPath {
  /*
   * The JDK's own validator decides otherwise in places: it holds subjects and common names to name
   * constraints, does not count authorities that renewed themselves, knows fewer critical extensions
   * and believes its anchors whatever they say. It is asked about policies only, where a certificate
   * insists on them.
   */
  private static final String POLICY_CONSTRAINTS = "2.5.29.36";
  private static final String PSS_ONLY = "RSASSA-PSS"; // Go knows no such keys
  private static final int MAY_SIGN = 5;
  private static final int LEAST_RSA_BITS = 1024;

  private GoPath() {}

  /**
   * Checks from the authority downwards, so that no key is used that nobody vouched for.
   *
   * @param nowMillis since 1970
   * @throws GeneralSecurityException with what is wrong
   */
  static void check(Path path, long nowMillis) throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>(path.certificates());
    chain.add(path.authority());
    for (int i = chain.size() - 1; i >= 0; i--) {
      X509Certificate certificate = chain.get(i);
      checkAlone(certificate, nowMillis);
      GoRules.checkNames(certificate, chain.subList(0, i));
      if (i > 0) {
        checkIssuer(certificate, i - 1, i == chain.size() - 1);
        checkSignature(chain.get(i - 1), certificate);
      }
    }
    if (chain.stream().anyMatch(one -> one.getExtensionValue(POLICY_CONSTRAINTS) != null)) {
      checkPolicies(path, nowMillis);
    }
  }

  /** What holds for a certificate wherever it stands. */
  static void checkAlone(X509Certificate certificate, long nowMillis)
      throws GeneralSecurityException {
    if (certificate.getPublicKey().getAlgorithm().equals(PSS_ONLY)) {
      throw new CertificateException("a key for PSS only");
    }
    certificate.checkValidity(new Date(nowMillis));
    GoRules.checkCritical(certificate);
    if (!ClientUsage.allows(certificate)) {
      throw new CertificateException("not for TLS clients");
    }
  }

  /**
   * @param below how many certificates stand between it and the client's
   * @param trusted whether it is one of ours
   */
  private static void checkIssuer(X509Certificate issuer, int below, boolean trusted)
      throws CertificateException {
    boolean old = trusted && issuer.getVersion() < 3; // says nothing of what it may do
    if (!old && issuer.getBasicConstraints() < below) {
      throw new CertificateException("may not issue this");
    }
    boolean[] usage = issuer.getKeyUsage();
    if (usage != null
        && !usage[MAY_SIGN]
        && IntStream.range(0, usage.length).anyMatch(bit -> usage[bit])) {
      throw new CertificateException("may not sign certificates");
    }
  }

  private static void checkSignature(X509Certificate issued, X509Certificate issuer)
      throws GeneralSecurityException {
    GoRules.checkSignature(issued);
    if (issuer.getPublicKey() instanceof RSAKey key
        && key.getModulus().bitLength() < LEAST_RSA_BITS) {
      throw new CertificateException("signed with a key that is too short");
    }
    issued.verify(issuer.getPublicKey());
  }

  private static void checkPolicies(Path path, long nowMillis) throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(path.authority(), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(new Date(nowMillis));
    parameters.addCertPathChecker(new ClientUsage());
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(path.certificates()),
            parameters);
  }
}
