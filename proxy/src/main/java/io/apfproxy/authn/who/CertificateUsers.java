package io.apfproxy.authn.who;

import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.who.ClientAuthenticator.Authenticated;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Users by client certificate of some authorities, and of some groups; nothing else proves
 * anything. Belongs to one event loop, but for {@link #trust}. Source: specification limits.md
 * L-81.
 */
public final class CertificateUsers {
  /*
   * The work is done on the caller's thread: it is the listener's own, which nobody else needs, and
   * a chain costs it one signature of an authority unless that vouches for more. No executor is
   * asked, so that nothing that strangers can fill stands between the holders and their answer.
   */
  private final Set<String> groups;
  private final TimeSource time;
  private volatile ChainVerifier verifier;

  /**
   * @param authorities not empty
   * @param groups of which a certificate must name one, as an organization
   */
  public CertificateUsers(List<X509Certificate> authorities, Set<String> groups, TimeSource time) {
    this.groups = Set.copyOf(groups);
    this.time = time;
    this.verifier = new ChainVerifier(authorities, Runnable::run, time);
  }

  /** From now on these authorities count, and no others; also on connections that are open. */
  public void trust(List<X509Certificate> authorities) {
    verifier = new ChainVerifier(authorities, Runnable::run, time);
  }

  /**
   * For the handshake: whether a chain leads to one of the authorities now.
   *
   * @throws CertificateException if not
   */
  public void check(List<X509Certificate> chain) throws CertificateException {
    PresentedChain.checkSize(chain);
    if (subject(chain).isEmpty()) {
      throw new CertificateException("no certificate of a client that is known here and valid now");
    }
  }

  /**
   * For each request, as a certificate may have ended since the handshake.
   *
   * @param chain as presented; may be empty
   * @throws RefusedException 401 if it is not to be believed, 403 if it names none of the groups
   */
  public Authenticated authenticate(List<X509Certificate> chain) throws RefusedException {
    UserInfo user =
        subject(chain)
            .flatMap(CertificateSubject::user)
            .orElseThrow(() -> Refusals.unauthorized("bad-certificate"));
    if (Collections.disjoint(groups, user.groups())) {
      throw Refusals.forbidden(
          "certificate-group", "the client certificate names no group that is let in here");
    }
    return new Authenticated(AuthenticatedGroup.addTo(user), null);
  }

  private Optional<CertificateSubject> subject(List<X509Certificate> chain) {
    return chain.isEmpty() ? Optional.empty() : verifier.verify(chain, this).join();
  }
}
