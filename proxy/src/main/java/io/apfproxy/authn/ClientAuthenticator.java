package io.apfproxy.authn;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Who sent a request: front proxy, client certificate, bearer token, anonymous, the first that
 * succeeds. Bad credentials of one kind make room for the next kind, but never for anonymous.
 * Source: kube-apiserver, authentication/request/union. Thread-safe.
 */
final class ClientAuthenticator {
  private final Supplier<ClientTrust> trust;
  private final TokenAuthenticator tokens;
  private final boolean anonymous;
  private final TimeSource time;
  private volatile ByCertificate byCertificate;

  /** The ways by certificate, made for one version of the trust. */
  private record ByCertificate(
      ClientTrust trust, FrontProxyAuthenticator frontProxies, CertificateAuthenticator users) {
    static ByCertificate of(ClientTrust trust, TimeSource time) {
      return new ByCertificate(
          trust,
          new FrontProxyAuthenticator(
              new ChainVerifier(trust.frontProxyAuthorities(), time),
              trust.allowedNames(),
              trust.accepted()),
          new CertificateAuthenticator(new ChainVerifier(trust.clientAuthorities(), time)));
    }
  }

  /**
   * @param token the bearer token that proved it, as ISO-8859-1 chars; null if something else did
   */
  record Authenticated(UserInfo user, @Nullable String token) {
    boolean isAnonymous() {
      return token == null && user.equals(UserInfo.ANONYMOUS);
    }
  }

  ClientAuthenticator(
      Supplier<ClientTrust> trust, TokenAuthenticator tokens, boolean anonymous, TimeSource time) {
    this.trust = trust;
    this.tokens = tokens;
    this.anonymous = anonymous;
    this.time = time;
    this.byCertificate = ByCertificate.of(trust.get(), time);
  }

  /**
   * @return fails with {@link RefusedException}
   */
  CompletableFuture<Authenticated> authenticate(RequestHead head) throws RefusedException {
    Attempt attempt = tryCertificates(head);
    UserInfo user = attempt.user();
    if (user != null) {
      return CompletableFuture.completedFuture(new Authenticated(user, null));
    }
    String token = BearerToken.find(head);
    if (token != null) {
      return tokens
          .authenticate(token, head.client().peerAddress())
          .thenApply(owner -> new Authenticated(owner, token));
    }
    if (attempt.failed()) {
      throw Refusals.unauthorized("bad-certificate");
    }
    if (!anonymous) {
      throw Refusals.unauthorized("no-credentials");
    }
    return CompletableFuture.completedFuture(new Authenticated(UserInfo.ANONYMOUS, null));
  }

  void forget(RequestHead head) throws RefusedException {
    String token = BearerToken.find(head);
    if (token != null) {
      tokens.forget(token);
    }
  }

  private Attempt tryCertificates(RequestHead head) throws RefusedException {
    var chain = head.client().peerCertificates();
    if (chain.isEmpty()) {
      return Attempt.NOT_MADE;
    }
    ByCertificate ways = current();
    Attempt proxy = ways.frontProxies().authenticate(chain, head.credentials().frontProxy());
    if (proxy.user() != null) {
      return proxy;
    }
    return ways.users().authenticate(chain);
  }

  private ByCertificate current() {
    ClientTrust now = trust.get();
    ByCertificate known = byCertificate;
    if (!known.trust().equals(now)) {
      known = ByCertificate.of(now, time);
      byCertificate = known;
    }
    return known;
  }
}
