package io.apfproxy.authn.who;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Users by client certificate: common name is the user, organizations are the groups. */
final class CertificateAuthenticator {
  private final ChainVerifier verifier;

  CertificateAuthenticator(ChainVerifier verifier) {
    this.verifier = verifier;
  }

  /**
   * @param chain not empty
   * @param asker whose turn it is if many are verified
   */
  CompletableFuture<Attempt> authenticate(List<X509Certificate> chain, Object asker) {
    return verifier
        .verify(chain, asker)
        .thenApply(
            found ->
                found
                    .map(
                        subject ->
                            subject
                                .user()
                                .map(user -> Attempt.success(AuthenticatedGroup.addTo(user)))
                                .orElse(subject.unclear() ? Attempt.FAILED : Attempt.NOT_MADE))
                    .orElse(Attempt.FAILED));
  }
}
