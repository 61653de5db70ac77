package io.apfproxy.authn;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Users by bearer token, as the upstream's TokenReview says. Answers are remembered for a short
 * time, bad ones apart from good ones. Thread-safe.
 */
final class TokenAuthenticator {
  private static final int MOST_GOOD = 65_536;
  private static final int MOST_BAD = 8192;
  private static final int MOST_IN_FLIGHT = 64;
  private static final int MOST_WAITING = 1000;
  private static final int NEW_PER_SECOND = 20;
  private static final int NEW_AT_ONCE = 200;
  private static final int MOST_ADDRESSES = 10_000;
  private static final long BAD_TTL = TimeUnit.SECONDS.toNanos(10);

  private final TokenReviewer reviewer;
  private final TimeSource time;
  private final long goodTtl;
  private final TokenDigest digest = new TokenDigest();
  private final TokenBuckets<String> newTokens;
  private final BoundedCache<String, UserInfo> good;
  private final BoundedCache<String, Boolean> bad;
  private final ReviewQueue<String, Optional<UserInfo>> reviews =
      new ReviewQueue<>(MOST_IN_FLIGHT, MOST_WAITING);

  /**
   * @param asserted whether the proxy itself tells the upstream who it is: then a revoked token
   *     must end soon, as the upstream does not see it
   */
  TokenAuthenticator(TokenReviewer reviewer, boolean asserted, TimeSource time) {
    this.reviewer = reviewer;
    this.time = time;
    this.goodTtl = asserted ? TimeUnit.SECONDS.toNanos(10) : TimeUnit.MINUTES.toNanos(2);
    this.newTokens = new TokenBuckets<>(NEW_PER_SECOND, NEW_AT_ONCE, MOST_ADDRESSES, time);
    this.good = new BoundedCache<>(MOST_GOOD, time);
    this.bad = new BoundedCache<>(MOST_BAD, time);
  }

  /**
   * @param token as ISO-8859-1 chars
   * @param peer address that sent it
   * @return fails with {@link io.apfproxy.request.RefusedException}: 401 for a bad token, 429 if
   *     too many are asked for, 503 if the upstream gave no answer
   */
  CompletableFuture<UserInfo> authenticate(String token, String peer) {
    Optional<String> text = FieldSyntax.utf8(token);
    if (text.isEmpty()) {
      return CompletableFuture.failedFuture(Refusals.unauthorized("token-not-utf8"));
    }
    String key = digest.of(text.get());
    UserInfo known = good.get(key);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    if (bad.get(key) != null) {
      return CompletableFuture.failedFuture(Refusals.unauthorized("bad-token"));
    }
    if (newTokens.take(peer) > 0) {
      return CompletableFuture.failedFuture(Refusals.overloaded("new-tokens-of-address"));
    }
    return reviews
        .ask(
            key,
            () -> reviewer.review(text.get()).thenApply(user -> remember(key, text.get(), user)))
        .exceptionallyCompose(cause -> CompletableFuture.failedFuture(refusal(cause)))
        .thenCompose(
            user ->
                user.map(CompletableFuture::completedFuture)
                    .orElseGet(
                        () -> CompletableFuture.failedFuture(Refusals.unauthorized("bad-token"))));
  }

  private Optional<UserInfo> remember(String key, String token, Optional<UserInfo> user) {
    if (user.isEmpty()) {
      bad.put(key, true, BAD_TTL);
      return user;
    }
    UserInfo complete = AuthenticatedGroup.addTo(user.get());
    long left = TokenExpiry.millis(token) - time.epochMillis();
    good.put(key, complete, Math.min(goodTtl, TimeUnit.MILLISECONDS.toNanos(left)));
    return Optional.of(complete);
  }

  private static RefusedException refusal(Throwable cause) {
    Throwable reason =
        cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    return reason instanceof RefusedException refused
        ? refused
        : Refusals.unavailable(
            "token-review-failed", "the bearer token could not be checked at the upstream");
  }

  /** The upstream refused the token: it is reviewed anew next time. */
  void forget(String token) {
    FieldSyntax.utf8(token).ifPresent(text -> good.remove(digest.of(text)));
  }
}
