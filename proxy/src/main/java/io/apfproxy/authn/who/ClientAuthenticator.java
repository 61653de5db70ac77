package io.apfproxy.authn.who;

import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.memo.IdentityBound;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request: front proxy, client certificate, bearer token, anonymous, the first that
 * succeeds. Bad credentials of one kind make room for the next kind, but never for anonymous.
 * Source: kube-apiserver, authentication/request/union. Thread-safe.
 */
public final class ClientAuthenticator {
  private final TokenAuthenticator tokens;
  private final boolean anonymous;
  private final Executor chainWorkers;
  private final TimeSource time;
  private final LongAdder disbelieved = new LongAdder();
  private volatile ByCertificate byCertificate;

  /** The ways by certificate, made for one version of the trust. */
  private record ByCertificate(
      ClientTrust trust,
      List<ChainVerifier> verifiers,
      FrontProxyAuthenticator frontProxies,
      CertificateAuthenticator users) {
    static ByCertificate of(ClientTrust trust, Executor workers, TimeSource time) {
      ChainVerifier proxies = new ChainVerifier(trust.frontProxyAuthorities(), workers, time);
      ChainVerifier users = new ChainVerifier(trust.clientAuthorities(), workers, time);
      return new ByCertificate(
          trust,
          List.of(proxies, users),
          new FrontProxyAuthenticator(proxies, trust.allowedNames(), trust.accepted()),
          new CertificateAuthenticator(users));
    }

    long sum(ToLongFunction<ChainVerifier> count) {
      return verifiers.stream().mapToLong(count).sum();
    }
  }

  /**
   * @param token the bearer token that proved it, as ISO-8859-1 chars; null if something else did
   */
  public record Authenticated(UserInfo user, @Nullable String token) {
    public boolean isAnonymous() {
      return token == null && user.equals(UserInfo.ANONYMOUS);
    }

    public boolean byCertificate() {
      return token == null && !isAnonymous();
    }
  }

  public ClientAuthenticator(
      ClientTrust trust,
      TokenAuthenticator tokens,
      boolean anonymous,
      Executor chainWorkers,
      TimeSource time) {
    this.tokens = tokens;
    this.anonymous = anonymous;
    this.chainWorkers = chainWorkers;
    this.time = time;
    this.byCertificate = ByCertificate.of(trust, chainWorkers, time);
  }

  /**
   * @return fails with {@link RefusedException}
   */
  public CompletableFuture<Authenticated> authenticate(RequestHead head) {
    var chain = head.client().peerCertificates();
    if (chain.isEmpty()) {
      countDisbelieved(head);
      return afterCertificates(head, Attempt.NOT_MADE);
    }
    ByCertificate ways = ways(head.trust());
    Object asker = Source.of(head.client().peerAddress()).asker();
    return ways.frontProxies()
        .authenticate(chain, head.credentials().frontProxy(), asker)
        .thenCompose(
            proxy -> {
              if (proxy.user() != null) {
                return CompletableFuture.completedFuture(proxy);
              }
              countDisbelieved(head);
              return ways.users().authenticate(chain, asker);
            })
        .thenCompose(
            attempt ->
                attempt.equals(Attempt.NOT_MADE) // good, but nobody's
                    ? ways.frontProxies().withoutHeaders(chain, asker)
                    : CompletableFuture.completedFuture(attempt))
        .thenCompose(attempt -> afterCertificates(head, attempt));
  }

  /** Lines that only a front proxy may send, from somebody else. */
  private void countDisbelieved(RequestHead head) {
    head.credentials().frontProxy().values().forEach(lines -> disbelieved.add(lines.size()));
  }

  /** What clients can fill here. */
  public List<IdentityBound> bounds() {
    IdentityBound waiting =
        new IdentityBound(
            "certificates-waiting",
            () -> byCertificate.sum(ChainVerifier::waiting),
            2L * ChainVerifier.MOST_WAITING,
            () -> byCertificate.sum(ChainVerifier::refused));
    IdentityBound remembered =
        new IdentityBound(
            "certificates-remembered",
            () -> byCertificate.sum(ChainVerifier::rememberedBytes),
            2 * ChainVerifier.MOST_REMEMBERED_BYTES,
            () -> 0);
    return List.of(tokens.waiting(), tokens.remembered(), waiting, remembered);
  }

  /** How many such lines were dropped. */
  public long disbelieved() {
    return disbelieved.sum();
  }

  private CompletableFuture<Authenticated> afterCertificates(RequestHead head, Attempt attempt) {
    try {
      return byOtherMeans(head, attempt);
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Authenticated> byOtherMeans(RequestHead head, Attempt attempt)
      throws RefusedException {
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

  public void forget(RequestHead head) throws RefusedException {
    String token = BearerToken.find(head);
    if (token != null) {
      tokens.forget(token);
    }
  }

  private ByCertificate ways(ClientTrust now) {
    ByCertificate known = byCertificate;
    if (!known.trust().equals(now)) {
      known = ByCertificate.of(now, chainWorkers, time);
      byCertificate = known;
    }
    return known;
  }
}
