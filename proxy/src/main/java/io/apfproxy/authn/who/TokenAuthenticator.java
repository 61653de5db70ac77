package io.apfproxy.authn.who;

import io.apfproxy.authn.head.FieldSyntax;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.memo.BoundedCache;
import io.apfproxy.authn.memo.IdentityBound;
import io.apfproxy.authn.memo.KeyedDigest;
import io.apfproxy.authn.memo.Memo;
import io.apfproxy.authn.memo.Remembered;
import io.apfproxy.authn.memo.ReviewQueue;
import io.apfproxy.authn.memo.UserBytes;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Users by bearer token, as the upstream's TokenReview says. Answers are remembered for a short
 * time, bad ones apart from good ones, and good ones are asked for again before their time is over.
 * Thread-safe.
 */
public final class TokenAuthenticator {
  /*
   * An upstream that is slow or away says nothing about a token. Where it sees the token itself, one
   * that was good is believed for another half minute without its word: it refuses what it must.
   * Where the proxy asserts who asks, for five seconds, as nobody else would refuse.
   */
  private static final int MOST_GOOD = 65_536;
  private static final long MOST_GOOD_BYTES = 64 << 20;
  private static final int MOST_PROVEN = 65_536;
  private static final long MOST_PROVEN_BYTES = 16 << 20;
  private static final long PROVEN_TTL = TimeUnit.HOURS.toNanos(1);
  private static final int MOST_BAD = 8192;
  private static final long MOST_BAD_BYTES = 2 << 20;
  private static final long BAD_TTL = TimeUnit.SECONDS.toNanos(10);
  private static final int MOST_IN_FLIGHT = 64;
  private static final int MOST_WAITING = 20_000;
  private static final long MOST_WAITING_BYTES = 32 << 20;
  private static final int WAITING_BYTES = 1024; // besides the token

  /** A client does not wait longer than this for the renewal of a token that was good. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(1);

  private final TokenReviewer reviewer;
  private final Predicate<InetAddress> unlimited;
  private final TimeSource time;
  private final long goodTtl;
  private final long grace;
  private final KeyedDigest digest = new KeyedDigest();
  private final BadTokenRate rate;
  private final BoundedCache<String, KnownToken> good;
  private final BoundedCache<String, Boolean> proven;

  /** What is being asked for, and who asked with a bad token; good ones go to {@link #good}. */
  private final Memo<String, Optional<UserInfo>> answers;

  private final ReviewQueue<Remembered<Optional<UserInfo>>> reviews =
      new ReviewQueue<>(MOST_IN_FLIGHT, MOST_WAITING, MOST_WAITING_BYTES);

  /**
   * @param asserted whether the proxy itself tells the upstream who it is: then a revoked token
   *     must end soon, as the upstream does not see it
   * @param unlimited addresses whose bad tokens are not counted
   */
  public TokenAuthenticator(
      TokenReviewer reviewer, boolean asserted, Predicate<InetAddress> unlimited, TimeSource time) {
    this.reviewer = reviewer;
    this.unlimited = unlimited;
    this.time = time;
    this.goodTtl = asserted ? TimeUnit.SECONDS.toNanos(10) : TimeUnit.MINUTES.toNanos(2);
    this.grace = asserted ? TimeUnit.SECONDS.toNanos(5) : TimeUnit.SECONDS.toNanos(30);
    this.rate = new BadTokenRate(time);
    this.good = new BoundedCache<>(MOST_GOOD, MOST_GOOD_BYTES, time);
    this.proven = new BoundedCache<>(MOST_PROVEN, MOST_PROVEN_BYTES, time);
    this.answers = new Memo<>(MOST_BAD, MOST_BAD_BYTES, time);
  }

  /**
   * @param token as ISO-8859-1 chars
   * @param peer address that sent it
   * @return fails with {@link io.apfproxy.request.RefusedException}: 401 for a bad token, 429 if
   *     too many are asked for, 503 if the upstream gave no answer
   */
  public CompletableFuture<UserInfo> authenticate(String token, String peer) {
    Optional<String> text = FieldSyntax.utf8(token);
    if (text.isEmpty()) {
      return CompletableFuture.failedFuture(Refusals.unauthorized("token-not-utf8"));
    }
    String key = digest.of(List.of(text.get()));
    KnownToken known = good.get(key);
    if (known != null) {
      return known.isFresh(time.nanoTime())
          ? remembered(known, key, text.get(), peer)
          : renewed(known, key, text.get(), peer);
    }
    return review(key, text.get(), peer)
        .exceptionallyCompose(cause -> CompletableFuture.failedFuture(refusal(cause)))
        .thenCompose(TokenAuthenticator::userOrRefusal);
  }

  private CompletableFuture<UserInfo> remembered(
      KnownToken known, String key, String token, String peer) {
    long now = time.nanoTime();
    if (known.isToBeRenewed(now)) {
      known.asked(now);
      var unused = review(key, token, peer); // who asks now does not wait for it
    }
    return CompletableFuture.completedFuture(known.user());
  }

  /** What the upstream says, or, if it says nothing, what it said last. */
  private CompletableFuture<UserInfo> renewed(
      KnownToken known, String key, String token, String peer) {
    long asked = known.asked(time.nanoTime());
    CompletableFuture<Optional<UserInfo>> answer = review(key, token, peer);
    if (!answer.isDone() && asked >= PATIENCE) {
      return CompletableFuture.completedFuture(known.user());
    }
    return answer
        .exceptionally(silent -> Optional.of(known.user()))
        .completeOnTimeout(Optional.of(known.user()), PATIENCE, TimeUnit.NANOSECONDS)
        .thenCompose(TokenAuthenticator::userOrRefusal);
  }

  private static CompletableFuture<UserInfo> userOrRefusal(Optional<UserInfo> user) {
    return user.map(CompletableFuture::completedFuture)
        .orElseGet(() -> CompletableFuture.failedFuture(Refusals.unauthorized("bad-token")));
  }

  /** Asks the upstream, unless it is being asked or has just said no. */
  private CompletableFuture<Optional<UserInfo>> review(String key, String token, String peer) {
    CompletableFuture<Optional<UserInfo>> asked = answers.get(key);
    if (asked != null) {
      return asked;
    }
    Source source = Source.of(peer);
    boolean limited = !source.matches(unlimited) && proven.get(key) == null;
    if (limited && reviews.isBusy() && rate.isExceededBy(source)) {
      return CompletableFuture.failedFuture(Refusals.overloaded("new-tokens-of-address"));
    }
    return answers.ask(
        key,
        () ->
            reviews.ask(
                new ReviewQueue.Request<>(
                    source.asker(),
                    token.length() + WAITING_BYTES,
                    () ->
                        reviewer
                            .review(token)
                            .thenApply(user -> remember(key, token, source, user)),
                    () -> limited && rate.isExceededBy(source))));
  }

  private Remembered<Optional<UserInfo>> remember(
      String key, String token, Source source, Optional<UserInfo> user) {
    if (user.isEmpty()) {
      good.remove(key);
      proven.remove(key);
      if (!source.matches(unlimited)) {
        rate.charge(source);
      }
      return new Remembered<>(user, 0, BAD_TTL);
    }
    UserInfo complete = AuthenticatedGroup.addTo(user.get());
    long left = TimeUnit.MILLISECONDS.toNanos(TokenExpiry.millis(token) - time.epochMillis());
    KnownToken known = new KnownToken(complete, Math.min(goodTtl, left), time.nanoTime());
    good.put(key, known, UserBytes.of(complete), Math.min(goodTtl + grace, left));
    proven.put(key, true, 0, PROVEN_TTL);
    return new Remembered<>(Optional.of(complete), 0, 0);
  }

  private static RefusedException refusal(Throwable cause) {
    return Refusals.of(
        cause, "token-review-failed", "the bearer token could not be checked at the upstream");
  }

  /** The upstream refused the token: it is reviewed anew next time. */
  void forget(String token) {
    FieldSyntax.utf8(token).ifPresent(text -> good.remove(digest.of(List.of(text))));
  }

  /** What is remembered takes so many bytes. */
  IdentityBound remembered() {
    return new IdentityBound(
        "tokens-remembered",
        () -> good.bytes() + proven.bytes() + answers.bytes(),
        MOST_GOOD_BYTES + MOST_PROVEN_BYTES + MOST_BAD_BYTES,
        () -> 0);
  }

  /** How many tokens wait for a review. */
  IdentityBound waiting() {
    return new IdentityBound(
        "token-reviews-waiting", reviews::waiting, MOST_WAITING, reviews::refused);
  }
}
