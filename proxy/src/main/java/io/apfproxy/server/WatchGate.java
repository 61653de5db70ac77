package io.apfproxy.server;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Says whether a user may open one more watch, and may open it now. A watch counts from its
 * arrival, also while it waits for seats. Thread-safe. Source: specification security.md 12, S58.
 */
final class WatchGate {
  private static final String STARTS = "watch-starts-of-user";

  private final UserPlaces places;
  private final RequestLimits limits;
  private final @Nullable TokenBuckets<String> starts;
  private final LongAdder refusedStarts = new LongAdder();

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
   * @return to be run when it has ended; harmless when repeated
   * @throws RefusedException 429 if there are too many, or too many in too short a time
   */
  Runnable enter(String user) throws RefusedException {
    Runnable place = places.take(user);
    long wait = starts == null ? 0 : starts.take(user);
    if (wait > 0) {
      place.run();
      refusedStarts.increment();
      throw new RefusedException(
              429, "TooManyRequests", STARTS, "this user starts too many watches at a time")
          .retryAfter(wholeSeconds(wait));
    }
    return place;
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
            () -> starts == null ? 0 : starts.forgotten()));
    return bounds;
  }
}
