package io.apfproxy.authn;

import java.security.cert.X509Certificate;
import java.util.List;

/** Users by client certificate: common name is the user, organizations are the groups. */
final class CertificateAuthenticator {
  private final ChainVerifier verifier;

  CertificateAuthenticator(ChainVerifier verifier) {
    this.verifier = verifier;
  }

  /**
   * @param chain empty if the client presented none
   */
  Attempt authenticate(List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      return Attempt.NOT_MADE;
    }
    return verifier
        .verify(chain)
        .map(
            subject ->
                subject
                    .user()
                    .map(user -> Attempt.success(AuthenticatedGroup.addTo(user)))
                    .orElse(subject.unclear() ? Attempt.FAILED : Attempt.NOT_MADE))
        .orElse(Attempt.FAILED);
  }
}
