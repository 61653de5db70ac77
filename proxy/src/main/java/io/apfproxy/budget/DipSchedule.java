package io.apfproxy.budget;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * When seats are to be few for a moment, so that it is seen how long a pulse takes without our
 * load. Times are in nanoseconds. Not thread-safe. Source: specification limits.md L-46.
 */
final class DipSchedule {
  private static final long SOON = Duration.ofSeconds(5).toNanos();
  private static final long FIRST = Duration.ofSeconds(30).toNanos();
  private static final long LONGEST = Duration.ofMinutes(10).toNanos();
  private static final long OVERDUE = Duration.ofSeconds(20).toNanos();
  private static final double MUCH = 0.2;
  private static final long MUCH_NANOS = 200_000;

  private final DoubleSupplier random;
  private boolean on;
  private long due;
  private long interval;

  /**
   * @param random 0 or more, less than 1
   */
  DipSchedule(DoubleSupplier random) {
    this.random = random;
  }

  /** From now on there are dips. */
  void start(long now) {
    if (!on) {
      on = true;
      interval = FIRST / 2; // the second one comes FIRST after the first
      due = now + about(SOON);
    }
  }

  /** There are none for the time being. */
  void stop() {
    on = false;
  }

  /** Whether one is to begin. */
  boolean isDue(long now, boolean overloaded) {
    return on && now - due >= (overloaded ? OVERDUE : 0);
  }

  /** One has ended. */
  void ended(long now, long baseBefore, long base) {
    interval = fell(baseBefore, base) ? FIRST : Math.min(LONGEST, 2 * interval);
    due = now + about(interval);
  }

  /** The next one comes as if there had been one just now that found nothing new. */
  void postpone(long now) {
    due = now + about(interval);
  }

  /** What passed for the time without load was less than that. */
  void noticed(long now, long baseBefore, long base) {
    if (fell(baseBefore, base)) {
      long soon = now + about(SOON);
      due = soon - due < 0 ? soon : due;
    }
  }

  private long about(long nanos) {
    return (long) (nanos * (0.8 + 0.4 * random.getAsDouble()));
  }

  private static boolean fell(long before, long base) {
    return before - base > MUCH * before + MUCH_NANOS;
  }
}
