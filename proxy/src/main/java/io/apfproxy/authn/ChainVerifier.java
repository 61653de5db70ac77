package io.apfproxy.authn;

import io.apfproxy.time.TimeSource;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXCertPathBuilderResult;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Verifies client certificates against one pool of authorities. Thread-safe.
 *
 * <p>The work is done once per chain and remembered; validity is looked at every time, so that a
 * certificate ends on a connection that lives on.
 */
@SuppressWarnings("JavaUtilDate") // the JDK's path builder and certificates speak Date
final class ChainVerifier {
  private static final int MOST_REMEMBERED = 4096;
  private static final long REMEMBERED_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Set<TrustAnchor> anchors;
  private final TimeSource time;
  private final BoundedCache<List<X509Certificate>, Verified> verified;

  /** A chain whose signatures and usages are good, and what its certificate says. */
  private record Verified(long fromMillis, long untilMillis, CertificateSubject subject) {}

  ChainVerifier(List<X509Certificate> authorities, TimeSource time) {
    this.anchors =
        authorities.stream()
            .map(authority -> new TrustAnchor(authority, null))
            .collect(Collectors.toUnmodifiableSet());
    this.time = time;
    this.verified = new BoundedCache<>(MOST_REMEMBERED, time);
  }

  /**
   * @param chain as the handshake saw it, the client's own certificate first; not empty
   * @return whose it is; empty if it is not to be believed
   */
  Optional<CertificateSubject> verify(List<X509Certificate> chain) {
    long now = time.epochMillis();
    Verified known = verified.get(chain);
    if (known == null) {
      try {
        known = build(chain, now);
      } catch (GeneralSecurityException e) {
        return Optional.empty();
      }
      verified.put(chain, known, REMEMBERED_NANOS);
    }
    return known.fromMillis() <= now && now <= known.untilMillis()
        ? Optional.of(known.subject())
        : Optional.empty();
  }

  private Verified build(List<X509Certificate> chain, long now) throws GeneralSecurityException {
    if (anchors.isEmpty()) {
      throw new CertificateException("no authority");
    }
    X509Certificate leaf = chain.get(0);
    X509CertSelector target = new X509CertSelector();
    target.setCertificate(leaf);
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
    parameters.setRevocationEnabled(false);
    parameters.setDate(new Date(now));
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
    parameters.addCertPathChecker(new ClientUsage());
    PKIXCertPathBuilderResult path =
        (PKIXCertPathBuilderResult) CertPathBuilder.getInstance("PKIX").build(parameters);
    X509Certificate authority = path.getTrustAnchor().getTrustedCert();
    if (!ClientUsage.allows(authority)) {
      throw new CertificateException("authority not for TLS clients");
    }
    long from = authority.getNotBefore().getTime();
    long until = authority.getNotAfter().getTime();
    for (var certificate : path.getCertPath().getCertificates()) {
      X509Certificate part = (X509Certificate) certificate;
      from = Math.max(from, part.getNotBefore().getTime());
      until = Math.min(until, part.getNotAfter().getTime());
    }
    return new Verified(from, until, CertificateSubject.of(leaf));
  }
}
