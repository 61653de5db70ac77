package io.apfproxy.authn;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.authn.tell.IdentityAssertion;
import io.apfproxy.authn.tell.IdentityHeaders;
import io.apfproxy.authn.tell.UpstreamIdentityPolicy;
import io.apfproxy.authn.who.CertificateUsers;
import io.apfproxy.authn.who.ClientAuthenticator.Authenticated;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.vertx.core.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Who holds a client certificate, and nobody else; answers at once, and asks the upstream nothing.
 * Belongs to one event loop. Source: specification limits.md L-81.
 */
public final class HolderResolver implements IdentityResolver {
  private final CertificateUsers users;
  private final UpstreamIdentityPolicy policy;
  private final Supplier<ClientTrust> trust;
  private final BooleanSupplier examined;

  /**
   * @param policy with a way to tell the upstream of certificates
   * @param trust the newest; only of its headers is made use
   * @param examined whether the upstream, and what the proxy's own credential may do there, were
   *     found to be as they should; nobody is impersonated before
   */
  public HolderResolver(
      CertificateUsers users,
      UpstreamIdentityPolicy policy,
      Supplier<ClientTrust> trust,
      BooleanSupplier examined) {
    this.users = users;
    this.policy = policy;
    this.trust = trust;
    this.examined = examined;
  }

  @Override
  public Future<Identity> resolve(RequestHead head, RequestInfo request) {
    try {
      return Future.succeededFuture(IdentityAssertion.check(identity(head)));
    } catch (RefusedException e) {
      return Future.failedFuture(e);
    }
  }

  private Identity identity(RequestHead head) throws RefusedException {
    Authenticated who = users.authenticate(head.client().peerCertificates());
    if (head.credentials().impersonation() != null) {
      throw Refusals.forbidden(
          "impersonation", "who comes in here acts as nobody else: no Impersonate-* is allowed");
    }
    Mode mode = policy.choose(who, head.trust());
    IdentityHeaders headers = new IdentityHeaders();
    if (mode == Mode.REQUEST_HEADER) {
      Refusals.ifChanged(head.trust(), trust.get());
      headers.remote(who.user(), head.trust().upstream());
    } else if (examined.getAsBoolean()) {
      headers.impersonated(who.user());
    } else {
      throw Refusals.unavailable(
          "upstream-not-examined",
          "nobody is impersonated before kube-apiserver was reached and the proxy's own credential"
              + " examined; --proxy-client-cert-file needs no impersonation");
    }
    return new Identity(who.user(), who.user(), mode, headers.build(), true);
  }
}
