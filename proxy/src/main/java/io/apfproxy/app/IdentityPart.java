package io.apfproxy.app;

import io.apfproxy.authn.IdentityResolver;
import io.apfproxy.authn.StandardIdentityResolver;
import io.apfproxy.authn.head.FrontProxyHeaders;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.authn.tell.UpstreamIdentityPolicy;
import io.apfproxy.authn.who.ChainWorkers;
import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.kube.access.UpstreamAccess;
import io.apfproxy.kube.access.UpstreamAccessException;
import io.apfproxy.kube.access.UpstreamCheck;
import io.apfproxy.kube.review.HeldReviews;
import io.apfproxy.kube.review.KubeReviews;
import io.apfproxy.kube.watch.ClientTrustSource;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.time.TimeSource;
import io.apfproxy.timer.Timers;
import io.apfproxy.upstream.members.Outage;
import java.util.List;

/**
 * Who asks, and how the upstream is told.
 *
 * @param trust whose certificates are believed
 * @param policy how the upstream is told
 * @param reviews what the upstream says of tokens and rights
 * @param gate says who asks, once the upstream was found to be what it should be
 */
record IdentityPart(
    ClientTrustSource trust,
    UpstreamIdentityPolicy policy,
    KubeReviews reviews,
    UpstreamGate gate) {
  /**
   * Opens it.
   *
   * @throws StartException if the flags contradict each other or the credential
   * @throws UpstreamAccessException if a file of the flags is not usable
   */
  static IdentityPart open(
      ProxyOptions options,
      UpstreamAccess access,
      Outage outage,
      ProxyMetrics metrics,
      Timers timers,
      Closers closers)
      throws StartException, UpstreamAccessException {
    ClientTrustSource trust =
        closers.add(
            "client trust",
            ClientTrustSource.open(trustFlags(options.authentication()), access.client()));
    KubeReviews reviews = closers.add("reviews", new KubeReviews(access.client()));
    HeldReviews held = new HeldReviews(reviews, reviews, outage, TimeSource.system(), timers);
    UpstreamIdentityPolicy policy = policy(options.upstream(), access);
    UpstreamVersion version = new UpstreamVersion();
    StandardIdentityResolver identities =
        new StandardIdentityResolver(
            trust,
            policy,
            new StandardIdentityResolver.Means(
                held, held, closers.add("certificate checks", new ChainWorkers())),
            version::hasConstrainedImpersonation,
            options.authentication().anonymous(),
            ListenerSettings.unlimited(options.limits()),
            TimeSource.system());
    metrics.bindDisbelieved(identities::disbelievedHeaders);
    identities
        .bounds()
        .forEach(
            bound ->
                metrics.bindBound(bound.rule(), bound.used(), bound.limit(), bound.overflows()));
    return new IdentityPart(
        trust, policy, reviews, gate(options.upstream(), policy, access, version, identities));
  }

  private static UpstreamIdentityPolicy policy(
      ProxyOptions.Upstream upstream, UpstreamAccess access) throws StartException {
    try {
      return UpstreamIdentityPolicy.parse(
          upstream.identity(), upstream.frontProxyCertificate() != null, access.canImpersonate());
    } catch (IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private static UpstreamGate gate(
      ProxyOptions.Upstream upstream,
      UpstreamIdentityPolicy policy,
      UpstreamAccess access,
      UpstreamVersion version,
      IdentityResolver identities) {
    boolean impersonates =
        policy.available().contains(Mode.IMPERSONATION)
            && policy.order().contains(Mode.IMPERSONATION);
    UpstreamCheck check = access.check();
    return new UpstreamGate(
        access.upstream().server(),
        check::run,
        check::reach,
        version,
        impersonates && !upstream.allowPrivilegedImpersonation(),
        identities,
        System::nanoTime);
  }

  private static ClientTrustSource.Flags trustFlags(ProxyOptions.Authentication authentication) {
    ProxyOptions.FrontProxy front = authentication.frontProxy();
    return front == null
        ? new ClientTrustSource.Flags(
            authentication.clientCa(), null, List.of(), FrontProxyHeaders.STANDARD)
        : new ClientTrustSource.Flags(
            authentication.clientCa(),
            front.clientCa(),
            front.allowedNames(),
            new FrontProxyHeaders(
                front.userHeaders(),
                front.uidHeaders(),
                front.groupHeaders(),
                front.extraPrefixes()));
  }
}
