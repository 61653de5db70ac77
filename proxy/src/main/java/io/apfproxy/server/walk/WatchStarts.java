package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.RequestLimits;
import io.apfproxy.server.listen.Scarcity;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.KeyTable;
import io.apfproxy.time.Pace;
import io.apfproxy.time.TimeSource;
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

  private final RequestLimits limits;
  private final @Nullable KeyTable starts;
  private final TimeSource time;
  private final LongSupplier waiting;
  private final LongAdder refused = new LongAdder();

  /**
   * @param waiting watches that wait for their seats now
   */
  WatchStarts(RequestLimits limits, LongSupplier waiting, TimeSource time) {
    this.limits = limits;
    this.waiting = waiting;
    this.time = time;
    this.starts =
        limits.watchStartsOfUser() == 0
            ? null
            : new KeyTable(
                RequestLimits.MOST_STARTING_USERS,
                Pace.perSecond(limits.watchStartsOfUser(), limits.watchStartBurst()),
                time.nanoTime());
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
    long wait =
        starts == null ? 0 : starts.take(KeyHash.of(asked.digest().user().name()), now, 1, 0);
    if (wait < 0 && waiting.getAsLong() >= Scarcity.from(RequestLimits.MANY_WAITING_WATCHES)) {
      refused.increment();
      throw new RefusedException(
              429, "TooManyRequests", RULE, "this user starts too many watches at a time")
          .retryAfter(wholeSeconds(-wait));
    }
    return 0;
  }

  /** Nothing comes back: who was refused further on has started one all the same. */
  @Override
  public void leave(Asked asked) {}

  private static int wholeSeconds(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toSeconds(nanos - 1) + 1;
  }

  /** For those who watch. */
  List<Bound> bounds() {
    return List.of(
        new Bound(RULE, null, limits.watchStartsOfUser(), refused::sum),
        new Bound(
            "users-remembered",
            () -> starts == null ? 0 : starts.read(time.nanoTime()).keys(),
            starts == null ? 0 : starts.most(),
            () -> starts == null ? 0 : starts.overflows()));
  }
}
