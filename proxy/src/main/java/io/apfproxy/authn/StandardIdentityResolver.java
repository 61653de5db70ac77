package io.apfproxy.authn;

import io.apfproxy.authn.act.AccessReviewer;
import io.apfproxy.authn.act.AccessReviews;
import io.apfproxy.authn.act.Impersonations;
import io.apfproxy.authn.act.Impersonations.Verdict;
import io.apfproxy.authn.head.ClientTrust;
import io.apfproxy.authn.head.Credentials.Impersonation;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.memo.IdentityBound;
import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.Identity.Mode;
import io.apfproxy.authn.tell.IdentityAssertion;
import io.apfproxy.authn.tell.IdentityHeaders;
import io.apfproxy.authn.tell.OriginalUser;
import io.apfproxy.authn.tell.UpstreamIdentityPolicy;
import io.apfproxy.authn.who.ClientAuthenticator;
import io.apfproxy.authn.who.ClientAuthenticator.Authenticated;
import io.apfproxy.authn.who.TokenAuthenticator;
import io.apfproxy.authn.who.TokenReviewer;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks by the configured means, and how the upstream is told. Thread-safe.
 *
 * <p>What is remembered is answered at once, on the caller's thread; reviews run elsewhere, and
 * their answers come back on the caller's context.
 */
public final class StandardIdentityResolver implements IdentityResolver {
  private static final int MOST_REVIEWS_IN_FLIGHT = 64;
  private static final int MOST_REVIEWS_WAITING = 10_000;
  private static final int MOST_REVIEWS_REMEMBERED = 10_000;

  private final Supplier<ClientTrust> trust;
  private final UpstreamIdentityPolicy policy;
  private final ClientAuthenticator authenticator;
  private final Impersonations impersonations;

  /**
   * Who does what takes time.
   *
   * @param chainWorkers verify client certificates; not the caller's thread
   */
  public record Means(TokenReviewer tokens, AccessReviewer access, Executor chainWorkers) {}

  /**
   * @param trust the newest; only what it and the trust of a request's head agree on is told
   * @param constrainedImpersonation whether the upstream knows it; asked at each request
   * @param anonymous whether requests without credential are let through as anonymous
   * @param unlimited addresses that the limits per address do not hold for
   */
  public StandardIdentityResolver(
      Supplier<ClientTrust> trust,
      UpstreamIdentityPolicy policy,
      Means means,
      BooleanSupplier constrainedImpersonation,
      boolean anonymous,
      Predicate<InetAddress> unlimited,
      TimeSource time) {
    this.trust = trust;
    this.policy = policy;
    this.authenticator =
        new ClientAuthenticator(
            trust.get(),
            new TokenAuthenticator(means.tokens(), policy.assertsTokens(), unlimited, time),
            anonymous,
            means.chainWorkers(),
            time);
    this.impersonations =
        new Impersonations(
            new AccessReviews(
                means.access(),
                MOST_REVIEWS_IN_FLIGHT,
                MOST_REVIEWS_WAITING,
                MOST_REVIEWS_REMEMBERED,
                time),
            constrainedImpersonation,
            time);
  }

  /** Header lines that only a front proxy may send, and that others sent; they were dropped. */
  public long disbelievedHeaders() {
    return authenticator.disbelieved();
  }

  /** What clients can fill here. */
  public List<IdentityBound> bounds() {
    return Stream.of(authenticator.bounds(), impersonations.bounds())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public Future<Identity> resolve(RequestHead head, RequestInfo request) {
    CompletableFuture<Identity> identity =
        authenticator
            .authenticate(head)
            .thenCompose(who -> assertIdentity(head, who, request))
            .thenCompose(StandardIdentityResolver::checked);
    if (identity.isDone() && !identity.isCompletedExceptionally()) {
      return Future.succeededFuture(identity.join());
    }
    Context context = Vertx.currentContext();
    Future<Identity> answer =
        context == null
            ? Future.fromCompletionStage(identity)
            : Future.fromCompletionStage(identity, context);
    return answer.recover(cause -> Future.failedFuture(refusal(cause)));
  }

  @Override
  public void upstreamRefused(RequestHead head) {
    try {
      authenticator.forget(head);
    } catch (RefusedException e) {
      // a head without readable token was not believed for one
    }
  }

  private static CompletableFuture<Identity> checked(Identity identity) {
    try {
      return CompletableFuture.completedFuture(IdentityAssertion.check(identity));
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Identity> assertIdentity(
      RequestHead head, Authenticated who, RequestInfo request) {
    try {
      return assertOrRefuse(head, who, request);
    } catch (RefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Identity> assertOrRefuse(
      RequestHead head, Authenticated who, RequestInfo request) throws RefusedException {
    Impersonation wish = head.credentials().impersonation();
    ClientTrust read = head.trust();
    if (who.user().extra().containsKey(OriginalUser.KEY)
        || (wish != null && wish.extra().containsKey(OriginalUser.KEY))) {
      throw Refusals.forbidden(
          "reserved-extra", "extra key " + OriginalUser.KEY + " is reserved for apf-proxy");
    }
    Mode mode = policy.choose(who, read);
    if (mode == Mode.REQUEST_HEADER) {
      Refusals.ifChanged(read, trust.get());
    }
    if (mode == Mode.IMPERSONATION) {
      return impersonate(wish, who, request);
    }
    IdentityHeaders headers = new IdentityHeaders();
    if (mode == Mode.REQUEST_HEADER) {
      headers.remote(who.user(), read.upstream());
    } else if (who.token() != null) {
      headers.bearer(who.token());
    }
    Identity.Assertion assertion = headers.wished(wish).build();
    return effective(wish, who, request)
        .thenApply(user -> new Identity(who.user(), user, mode, assertion, who.byCertificate()));
  }

  /**
   * Whom flow control sees where the upstream decides about impersonation. For anonymous nothing is
   * asked: strangers must not make reviews, and nobody lets them impersonate.
   */
  private CompletableFuture<UserInfo> effective(
      @Nullable Impersonation wish, Authenticated who, RequestInfo request) {
    UserInfo user = who.user();
    return wish == null || who.isAnonymous()
        ? CompletableFuture.completedFuture(user)
        : impersonations
            .decide(user, wish, request)
            .handle(
                (verdict, cause) ->
                    verdict == null || verdict.user() == null ? user : verdict.user());
  }

  /** With the proxy's own credential the upstream sees no client, so the proxy must decide. */
  private CompletableFuture<Identity> impersonate(
      @Nullable Impersonation wish, Authenticated who, RequestInfo request)
      throws RefusedException {
    UserInfo user = who.user();
    if (wish == null) {
      return CompletableFuture.completedFuture(impersonating(who, user, user));
    }
    return impersonations
        .decide(user, wish, request)
        .thenCompose(
            verdict -> {
              try {
                return CompletableFuture.completedFuture(impersonated(who, verdict));
              } catch (RefusedException e) {
                return CompletableFuture.failedFuture(e);
              }
            });
  }

  private static Identity impersonated(Authenticated who, Verdict verdict) throws RefusedException {
    if (verdict.refusal() != null) {
      throw verdict.refusal();
    }
    UserInfo effective = Objects.requireNonNull(verdict.user());
    return impersonating(who, effective, OriginalUser.addTo(effective, who.user()));
  }

  private static Identity impersonating(Authenticated who, UserInfo effective, UserInfo told)
      throws RefusedException {
    return new Identity(
        who.user(),
        effective,
        Mode.IMPERSONATION,
        new IdentityHeaders().impersonated(told).build(),
        who.byCertificate());
  }

  private static RefusedException refusal(Throwable cause) {
    return Refusals.of(
        cause, "access-review-failed", "the impersonation could not be checked at the upstream");
  }
}
