package io.apfproxy.server;

import io.apfproxy.request.RefusedException;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Places for one kind of long request, counted in all and by user. Only users who have one are
 * remembered. Thread-safe.
 */
final class UserPlaces {
  private final String kind;
  private final int most;
  private final int mostOfUser;
  private final AtomicInteger taken = new AtomicInteger();
  private final ConcurrentMap<String, Integer> takenByUser = new ConcurrentHashMap<>();
  private final LongAdder overflows = new LongAdder();
  private final LongAdder overflowsOfUser = new LongAdder();

  /**
   * @param kind in the plural, for rules and messages, such as {@code tunnels}
   * @param most in all, 0 for no limit
   * @param mostOfUser of one user, 0 for no limit
   */
  UserPlaces(String kind, int most, int mostOfUser) {
    this.kind = kind;
    this.most = most;
    this.mostOfUser = mostOfUser;
  }

  /**
   * Takes a place.
   *
   * @return gives it back; harmless when repeated
   * @throws RefusedException 429 if the user, or all together, have too many
   */
  Runnable take(String user) throws RefusedException {
    if (isOver(taken.incrementAndGet(), most)) {
      taken.decrementAndGet();
      overflows.increment();
      throw refusal("-total", "too many " + kind + " are open");
    }
    if (isOver(takenByUser.merge(user, 1, Integer::sum), mostOfUser)) {
      giveBack(user);
      overflowsOfUser.increment();
      throw refusal("-of-user", "this user has too many " + kind + " open");
    }
    AtomicBoolean held = new AtomicBoolean(true);
    return () -> {
      if (held.compareAndSet(true, false)) {
        giveBack(user);
      }
    };
  }

  private static boolean isOver(int number, int limit) {
    return limit > 0 && number > limit;
  }

  private void giveBack(String user) {
    taken.decrementAndGet();
    takenByUser.computeIfPresent(user, (name, count) -> count == 1 ? null : count - 1);
  }

  private RefusedException refusal(String scope, String message) {
    return new RefusedException(429, "TooManyRequests", kind + scope, message).retryAfter(1);
  }

  /** For those who watch. */
  List<Bound> bounds() {
    return List.of(
        new Bound(kind + "-total", taken::get, most, overflows::sum),
        new Bound(kind + "-of-user", this::mostTaken, mostOfUser, overflowsOfUser::sum));
  }

  private long mostTaken() {
    return takenByUser.values().stream().mapToInt(Integer::intValue).max().orElse(0);
  }
}
