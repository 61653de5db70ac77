package io.apfproxy.server.walk;

import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.server.listen.Scarcity;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a user may open one more watch, and may open it now. A watch counts from its
 * arrival, also while it waits for seats. The rate holds only while watches queue up for their
 * seats: else there is nothing that it spares. Thread-safe. Source: specification security.md 12,
 * S58.
 */
final class WatchGate {
  private static final String STARTS = "watch-starts-of-user";

  /** Names of users may have 128 KiB, and {@link RequestLimits#MOST_STARTING_USERS} are kept. */
  private static final int MAX_KEY = 256;

  private final UserPlaces places;
  private final RequestLimits limits;
  private final @Nullable TokenBuckets<String> starts;
  private final LongAdder refusedStarts = new LongAdder();
  private final AtomicInteger waiting = new AtomicInteger();

  WatchGate(RequestLimits limits, TimeSource time) {
    this.limits = limits;
    this.places = new UserPlaces("watches", limits.watches(), limits.watchesOfUser());
    this.starts =
        limits.watchStartsOfUser() == 0
            ? null
            : new TokenBuckets<>(
                limits.watchStartsOfUser(),
                limits.watchStartBurst(),
                RequestLimits.MOST_STARTING_USERS,
                time);
  }

  /**
   * Lets a watch begin.
   *
   * @param giveWay asks it, on any thread, to end soon
   * @return to be run when it has ended; harmless when repeated
   * @throws RefusedException 429 if there are too many, or too many in too short a time
   */
  Runnable enter(String user, Runnable giveWay) throws RefusedException {
    Runnable place = places.take(user, giveWay);
    long wait = starts == null ? 0 : starts.take(key(user));
    if (wait > 0 && waiting.get() >= Scarcity.from(RequestLimits.MANY_WAITING_WATCHES)) {
      place.run();
      refusedStarts.increment();
      throw new RefusedException(
              429, "TooManyRequests", STARTS, "this user starts too many watches at a time")
          .retryAfter(wholeSeconds(wait));
    }
    return place;
  }

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

  /**
   * Counts one that has to wait for its seats.
   *
   * @return to be run once when it waits no longer
   */
  Runnable await() {
    waiting.incrementAndGet();
    return waiting::decrementAndGet;
  }

  private static int wholeSeconds(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toSeconds(nanos - 1) + 1;
  }

  /** For those who watch. */
  List<Bound> bounds() {
    List<Bound> bounds = new ArrayList<>(places.bounds());
    bounds.add(new Bound(STARTS, null, limits.watchStartsOfUser(), refusedStarts::sum));
    bounds.add(
        new Bound(
            "users-remembered",
            () -> starts == null ? 0 : starts.size(),
            RequestLimits.MOST_STARTING_USERS,
            () -> starts == null ? 0 : starts.shared()));
    return bounds;
  }
}
