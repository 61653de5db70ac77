package io.apfproxy.limit;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.Asked;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.Allowance;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.KeyTable;
import io.apfproxy.time.Pace;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** One rate limit, ready for requests. Thread-safe. Source: specification limits.md A. */
final class Limit {
  private static final int MOST_SPREAD_SECONDS = 30;

  private final RateLimit limit;
  private final Enforcement enforcement;
  private final boolean shadow;
  private final boolean bytes;
  private final boolean seats;
  private final Conditions conditions;
  private final LimitKey key;
  private final LimitState state;
  private final RateLimits.Surroundings around;

  /** Units a second, for those who share a bucket. */
  private final double rate;

  private Limit(RateLimit limit, LimitKey key, LimitState state, RateLimits.Surroundings around) {
    this.limit = limit;
    this.enforcement = Enforcement.of(limit, around.enforcement());
    this.shadow = !enforcement.equals(Enforcement.ENFORCE);
    this.bytes = limit.spec().unit().equals(RateLimit.BYTES);
    this.seats = limit.spec().unit().equals(RateLimit.SEATS);
    this.conditions = new Conditions(limit.spec());
    this.key = key;
    this.state = state;
    this.around = around;
    this.rate = LimitAmounts.perSecond(limit.spec(), around.replicas());
  }

  /**
   * Makes one.
   *
   * @param before of the same name, whose keys' missing units are kept where it counts the same for
   *     the same; null if there is none
   */
  static Limit of(
      RateLimit limit, @Nullable Limit before, RateLimits.Surroundings around, long now) {
    if (before != null && before.limit.effect().equals(limit.effect())) {
      return before;
    }
    Allowance allowance = LimitAmounts.of(limit.spec(), around.replicas());
    LimitKey key = new LimitKey(limit.spec().key(), around.unlimited());
    if (before == null
        || !key.tellsApartAs(before.key)
        || !countsAs(limit.spec(), before.limit.spec())) {
      return new Limit(limit, key, new LimitState(key.most(), allowance, now), around);
    }
    before.state.allow(allowance, now);
    if (key.most() != before.key.most()) {
      before.state.remember(key.most(), now);
    }
    return new Limit(limit, key, before.state, around);
  }

  /** Whether what was taken of the other is missing of the one: units of a bucket, or places. */
  private static boolean countsAs(RateLimit.Spec one, RateLimit.Spec other) {
    return one.unit().equals(other.unit())
        && one.type().equals(RateLimit.IN_FLIGHT) == other.type().equals(RateLimit.IN_FLIGHT);
  }

  RateLimit limit() {
    return limit;
  }

  String name() {
    return limit.metadata().name();
  }

  /** Whether some are not held to what it decides. */
  boolean hasShadow() {
    return shadow;
  }

  /** Whether it only counts what it would do with this one. */
  boolean isShadowFor(Asked asked) {
    return shadow
        && (enforcement.equals(Enforcement.SHADOW) // as of all before authentication
            || !enforcement.holds(asked.digest().user().name()));
  }

  /** Where it stands. */
  LimitTable.Place place() {
    return limit.spec().stage().equals(RateLimit.BEFORE_AUTHENTICATION)
        ? LimitTable.Place.STRANGERS
        : isInFlight() ? LimitTable.Place.PLACES : LimitTable.Place.PACES;
  }

  private boolean isInFlight() {
    return limit.spec().type().equals(RateLimit.IN_FLIGHT);
  }

  /**
   * Whether it concerns a request that one of its rules matches.
   *
   * @param hash takes its key
   */
  boolean concerns(Asked asked, UserInfo user, KeyHash hash) {
    return conditions.holdFor(asked, user) && key.addTo(hash, asked, user);
  }

  /** Whether who asks can invent keys: then each has an owner. */
  boolean hasOwners() {
    return key.isInvented();
  }

  private long units(Asked asked) {
    if (bytes) {
      return 0; // it begins if none is owed, and pays as it goes
    }
    return seats ? asked.width(around.width()) : 1;
  }

  private static long patience(Asked asked, long now) {
    return Math.max(0, asked.waitsUntil() - now);
  }

  /** What {@link #take} would say, without counting anything. */
  long peek(long hash, long owner, Asked asked, long now) {
    return state.keys().peek(hash, owner, now, units(asked), patience(asked, now));
  }

  /** As {@link KeyTable#take}. */
  long take(long hash, long owner, Asked asked, long now) {
    return state.keys().take(hash, owner, now, units(asked), patience(asked, now));
  }

  /** As {@link KeyTable#takeAtOnce}. */
  long takeAtOnce(long hash, long owner, Asked asked, long now) {
    return state.keys().takeAtOnce(hash, owner, now, units(asked), patience(asked, now));
  }

  boolean countsBytes() {
    return bytes;
  }

  /** Bytes have passed, from the client and to it. */
  void moved(long in, long out) {
    state.moved(in, out);
  }

  /**
   * Charges for bytes that have passed.
   *
   * @param bytes {@link Pace#PIECE} at most
   * @return nanoseconds until none is owed
   */
  long charge(long hash, long owner, long bytes, long now) {
    return state.keys().charge(hash, owner, now, bytes);
  }

  /** It goes on after so long. */
  void passed(long waitNanos) {
    state.passed(waitNanos);
  }

  /** It goes on, though it may have had to wait for so long. */
  void passedInShadow(long waitNanos) {
    state.passed(0);
    if (waitNanos > 0) {
      state.delayedInShadow();
    }
  }

  /** It was refused further on, in the same step. */
  void refund(long hash, Asked asked, long now) {
    if (!countsBytes() && state.keys().back(hash, now, units(asked))) {
      state.refunded();
    }
  }

  /** It is over: the place is free. */
  void leave(long hash, Asked asked, long now) {
    state.keys().back(hash, now, units(asked));
  }

  /**
   * Counts a refusal, and says after how many seconds to come back. Where many share a bucket they
   * would all do so at the same time: there it is spread.
   *
   * @param untilNanos after which it would be let in
   */
  int retryAfter(long hash, long owner, long untilNanos, long now) {
    return retryAfter(hash, owner, untilNanos, state.refused(now), now);
  }

  /** The same of one that goes on, as it is not held to that. */
  int retryAfterInShadow(long hash, long owner, long untilNanos, long now) {
    return retryAfter(hash, owner, untilNanos, state.refusedInShadow(now), now);
  }

  private int retryAfter(long hash, long owner, long untilNanos, int refusals, long now) {
    long seconds = (untilNanos + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
    int spread = 0;
    if (!isInFlight() && state.keys().shares(hash, owner, now)) {
      spread = (int) Math.min(MOST_SPREAD_SECONDS, Math.ceil(refusals / rate));
    }
    IntUnaryOperator random = around.random();
    return (int) Math.max(1, seconds) + (spread == 0 ? 0 : random.applyAsInt(spread + 1));
  }

  RefusedException refusal(int retryAfterSeconds, Asked asked) {
    String what =
        isInFlight()
            ? "too many at the same time by a limit of this proxy"
            : "more than a rate limit of this proxy allows";
    return new RefusedException(
            429,
            "TooManyRequests",
            isInFlight() ? "in-flight-limit" : "rate-limit",
            "too many requests: %s; try again in %d s".formatted(what, retryAfterSeconds))
        .retryAfter(retryAfterSeconds)
        .by(name(), key.text(asked));
  }

  /** Units that a request's key has left; empty if that follows from its agent or address. */
  OptionalLong left(RequestDigest digest, long now) {
    KeyHash hash = new KeyHash();
    if (!key.addTo(hash, digest)) {
      return OptionalLong.empty();
    }
    long own = hash.end();
    long owner = hasOwners() ? Owner.of(digest.user(), hash) : KeyTable.NOBODY;
    return OptionalLong.of(state.keys().left(own, owner, now));
  }

  /** Whether both count the same keys: one of them is a later version of the other. */
  boolean sharesKeysWith(Limit other) {
    return state == other.state;
  }

  /** How often a key had to share a bucket with others. */
  long overflows() {
    return state.keys().overflows();
  }

  LimitReading read(long now) {
    return state.read(name(), now);
  }
}
