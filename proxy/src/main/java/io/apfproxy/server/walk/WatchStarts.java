package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.server.listen.Scarcity;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often a user may start a watch. The rate holds only while watches queue up for their seats:
 * else there is nothing that it spares. Thread-safe. Source: specification security.md 12, S58.
 */
final class WatchStarts implements Gate {
  private static final String RULE = "watch-starts-of-user";

  /** Names of users may have 128 KiB, and {@link RequestLimits#MOST_STARTING_USERS} are kept. */
  private static final int MAX_KEY = 256;

  private final RequestLimits limits;
  private final @Nullable TokenBuckets<String> starts;
  private final LongSupplier waiting;
  private final LongAdder refused = new LongAdder();

  /**
   * @param waiting watches that wait for their seats now
   */
  WatchStarts(RequestLimits limits, LongSupplier waiting, TimeSource time) {
    this.limits = limits;
    this.waiting = waiting;
    this.starts =
        limits.watchStartsOfUser() == 0
            ? null
            : new TokenBuckets<>(
                limits.watchStartsOfUser(),
                limits.watchStartBurst(),
                RequestLimits.MOST_STARTING_USERS,
                time);
  }

  @Override
  public boolean concerns(Asked asked) {
    return starts != null && asked.info().isWatch();
  }

  /**
   * Counts a start.
   *
   * @throws RefusedException 429 if there are too many in too short a time
   */
  @Override
  public long enter(Asked asked, long now) throws RefusedException {
    long wait = starts == null ? 0 : starts.take(key(asked.digest().user().name()));
    if (wait > 0 && waiting.getAsLong() >= Scarcity.from(RequestLimits.MANY_WAITING_WATCHES)) {
      refused.increment();
      throw new RefusedException(
              429, "TooManyRequests", RULE, "this user starts too many watches at a time")
          .retryAfter(wholeSeconds(wait));
    }
    return 0;
  }

  /** Nothing comes back: who was refused further on has started one all the same. */
  @Override
  public void leave(Asked asked) {}

  /** A name in full while it is short; those who start are remembered beyond their watches. */
  static String key(String user) {
    if (user.length() <= MAX_KEY) {
      return user;
    }
    try {
      byte[] bytes = user.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible); // every JDK has it
    }
  }

  private static int wholeSeconds(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toSeconds(nanos - 1) + 1;
  }

  /** For those who watch. */
  List<Bound> bounds() {
    return List.of(
        new Bound(RULE, null, limits.watchStartsOfUser(), refused::sum),
        new Bound(
            "users-remembered",
            () -> starts == null ? 0 : starts.size(),
            RequestLimits.MOST_STARTING_USERS,
            () -> starts == null ? 0 : starts.shared()));
  }
}
