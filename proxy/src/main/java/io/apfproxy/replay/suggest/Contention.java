package io.apfproxy.replay.suggest;

import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.replay.Witness;
import io.apfproxy.report.talkers.HeavyHitters;
import io.apfproxy.report.talkers.Summary;
import io.apfproxy.request.RequestDigest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds elephants: who had a quarter or more of a level's seat-seconds in windows of ten seconds in
 * which another waited there. Bounded, whatever comes. Not thread-safe. Source: specification
 * seeing.md V-59.
 */
final class Contention implements Witness {
  /*
   * What a request held and waited for is known when it has ended, and is spread over the windows that
   * it touched. A window is judged when none of its requests can still run, so that only the last few
   * are kept: of a request that took longer than that, the beginning does not count.
   */
  static final long WINDOW = 10_000_000_000L;
  private static final int OPEN_WINDOWS = 13;
  private static final int COUNTERS = 64;
  private static final int MOST_KEYS = 10_000;
  private static final double PART = 0.25;

  private final NavigableMap<Long, Map<String, Crowd>> open = new TreeMap<>();
  private final Map<Appetite, Sum> sums = new HashMap<>();
  private long judged;

  private record Waiter(String schema, String flow, String user) {}

  /** One level in one window. */
  private static final class Crowd {
    private final HeavyHitters<Appetite> held = new HeavyHitters<>(COUNTERS);
    private final Set<Waiter> waiters = new HashSet<>(); // two tell whether another waits
    private long seatNanos;
  }

  private static final class Sum {
    private long seatNanos;
    private long ofAll;
    private int windows;
  }

  @Override
  public void ended(Classification where, RequestDigest digest, Fate fate) {
    if (!digest.info().resourceRequest()) {
      return;
    }
    judgeBefore(fate.ended() / WINDOW - OPEN_WINDOWS);
    if (fate.waited() > 0 || fate.began() == NEVER) {
      Waiter waiter =
          new Waiter(where.flowSchema(), where.flowDistinguisher(), digest.user().name());
      long until = fate.came() + fate.waited();
      for (long at = first(fate.came()); at <= until / WINDOW; at++) {
        Set<Waiter> waiters = crowd(at, where.priorityLevel()).waiters;
        if (waiters.size() < 2) {
          waiters.add(waiter);
        }
      }
    }
    if (fate.began() != NEVER) {
      hold(where, digest, fate);
    }
  }

  private void hold(Classification where, RequestDigest digest, Fate fate) {
    Appetite appetite =
        Appetite.of(where.priorityLevel(), where.flowSchema(), digest.info(), digest.user());
    for (long at = first(fate.began()); at <= fate.ended() / WINDOW; at++) {
      long from = Math.max(fate.began(), at * WINDOW);
      long held = (Math.min(fate.ended(), (at + 1) * WINDOW) - from) * fate.seats();
      Crowd crowd = crowd(at, where.priorityLevel());
      crowd.seatNanos += held;
      crowd.held.add(appetite, held);
    }
  }

  private long first(long instant) {
    return Math.max(instant / WINDOW, judged);
  }

  private Crowd crowd(long window, String level) {
    return open.computeIfAbsent(window, at -> new HashMap<>())
        .computeIfAbsent(level, name -> new Crowd());
  }

  private void judgeBefore(long window) {
    judged = Math.max(judged, window);
    while (!open.isEmpty() && open.firstKey() < window) {
      open.pollFirstEntry().getValue().values().forEach(this::judge);
    }
  }

  private void judge(Crowd crowd) {
    Summary<Appetite> held = crowd.held.summary();
    for (int i = 0; i < held.size(); i++) {
      Appetite appetite = held.key(i);
      long value = held.value(i); // at least
      if (value >= PART * crowd.seatNanos && anotherWaits(crowd, appetite)) {
        if (sums.size() >= MOST_KEYS && !sums.containsKey(appetite)) {
          continue;
        }
        Sum sum = sums.computeIfAbsent(appetite, key -> new Sum());
        sum.seatNanos += value;
        sum.ofAll += crowd.seatNanos;
        sum.windows++;
      }
    }
  }

  /** Somebody else, or the same user in another flow. */
  private static boolean anotherWaits(Crowd crowd, Appetite appetite) {
    return crowd.waiters.size() > 1
        || crowd.waiters.stream().anyMatch(waiter -> !waiter.user().equals(appetite.user()));
  }

  /** The heaviest first. To be called once, at the end. */
  List<Elephant> elephants() {
    judgeBefore(Long.MAX_VALUE);
    return sums.entrySet().stream()
        .map(entry -> elephant(entry.getKey(), entry.getValue()))
        .sorted(
            Comparator.comparingDouble((Elephant e) -> e.meanSeats() * e.windows())
                .reversed()
                .thenComparing(e -> e.appetite().toString()))
        .toList();
  }

  private static Elephant elephant(Appetite appetite, Sum sum) {
    return new Elephant(
        appetite,
        (double) sum.seatNanos / Math.max(1, sum.ofAll),
        (double) sum.seatNanos / WINDOW / sum.windows,
        sum.windows);
  }
}
