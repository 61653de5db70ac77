package io.apfproxy.authn.act;

import io.apfproxy.authn.act.AccessReviewer.Path;
import io.apfproxy.authn.act.AccessReviewer.Question;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.who.BearerToken;
import io.apfproxy.authn.who.TokenAuthenticator;
import io.apfproxy.authn.who.TokenReviewer;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may read a page of the proxy: by bearer token and the cluster's RBAC on non-resource
 * URLs, as kube-apiserver does for its own. Answers are remembered for 10 seconds. Thread-safe.
 */
public final class UrlAccess {
  private static final int MOST_REMEMBERED = 1000;
  private static final int MOST_IN_FLIGHT = 8;
  private static final int MOST_WAITING = 100;

  private final TokenAuthenticator tokens;
  private final AccessReviews access;

  public UrlAccess(TokenReviewer tokens, AccessReviewer reviewer, TimeSource time) {
    // Nobody but the proxy sees these tokens: a revoked one must end soon.
    this.tokens = new TokenAuthenticator(tokens, true, everybody -> false, time);
    this.access = new AccessReviews(reviewer, MOST_IN_FLIGHT, MOST_WAITING, MOST_REMEMBERED, time);
  }

  /**
   * @param authorization value of that header; null if there is none
   * @param path without query
   * @param peer address that asks
   * @return succeeds if the page may be read; fails with {@link RefusedException}: 401, 403, 429,
   *     or 503 if the upstream gave no answer
   */
  public CompletableFuture<Void> check(@Nullable String authorization, String path, String peer) {
    String token = BearerToken.fromAuthorization(authorization);
    if (token == null) {
      return CompletableFuture.failedFuture(Refusals.unauthorized("admin-no-token"));
    }
    return tokens
        .authenticate(token, peer)
        .thenCompose(
            user ->
                access
                    .allowed(new Question(user, "get", new Path(path)))
                    .exceptionallyCompose(
                        cause -> CompletableFuture.failedFuture(unanswered(cause))))
        .thenCompose(
            allowed ->
                allowed
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(
                        Refusals.forbidden(
                            "admin-url", "Forbidden: needs the right to get " + path)));
  }

  private static Throwable unanswered(Throwable cause) {
    return cause instanceof RefusedException
        ? cause
        : Refusals.unavailable("admin-review-failed", "the right could not be checked");
  }
}
