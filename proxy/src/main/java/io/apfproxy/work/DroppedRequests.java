package io.apfproxy.work;

import java.util.ArrayDeque;

/**
 * Drops of one priority level, and the {@code Retry-After} they ask for. Thread-safe.
 *
 * <p>Source: reference, dropped_requests_tracker.go; same values second by second.
 */
public final class DroppedRequests {
  /*
   * The value moves only at the first drop of a new second: it doubles when the last such seconds lost three requests each,
   * and sinks by one when they lost less than one each. Nothing decays while nobody is refused.
   */
  private static final long LONGEST_RETRY_SECONDS = 32;

  /** Only a clock that jumps to and fro can fill it; the oldest second goes then. */
  private static final int LONGEST_HISTORY = 256;

  private final ArrayDeque<Second> history = new ArrayDeque<>();
  private long retrySeconds = 1;
  private long lastIncrease;
  private long currentSecond;
  private long dropsInCurrentSecond;

  private record Second(long at, long drops) {}

  /**
   * Counts one refused request; must come before {@link #retryAfterSeconds}.
   *
   * @param unixSecond wall clock; may step back
   */
  public synchronized void record(long unixSecond) {
    if (unixSecond == currentSecond) {
      dropsInCurrentSecond++;
      return;
    }
    remember(new Second(currentSecond, dropsInCurrentSecond));
    currentSecond = unixSecond;
    dropsInCurrentSecond = 1;
    adjust(unixSecond);
  }

  /** Seconds after which a refused client may come back, 1 to 32. */
  public synchronized int retryAfterSeconds() {
    return (int) retrySeconds;
  }

  private void remember(Second second) {
    history.addLast(second);
    long keep = Math.min(2 * retrySeconds, LONGEST_RETRY_SECONDS);
    while (history.getFirst().at() < second.at() - keep || history.size() > LONGEST_HISTORY) {
      history.removeFirst();
    }
  }

  private void adjust(long now) {
    long drops = dropsBetween(now - retrySeconds, now);
    if (now - lastIncrease >= retrySeconds && drops >= 3 * retrySeconds) {
      retrySeconds = Math.min(2 * retrySeconds, LONGEST_RETRY_SECONDS);
      lastIncrease = now;
    } else if (drops < retrySeconds && retrySeconds > 1) {
      retrySeconds--;
    }
  }

  private long dropsBetween(long from, long to) {
    long drops = 0;
    for (var newestFirst = history.descendingIterator(); newestFirst.hasNext(); ) {
      Second entry = newestFirst.next();
      if (entry.at() < from) {
        break;
      }
      if (entry.at() < to) { // else the clock was set back
        drops += entry.drops();
      }
    }
    return drops;
  }
}
