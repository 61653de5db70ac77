package io.apfproxy.report.talkers;

import java.util.concurrent.TimeUnit;

/**
 * When the thread that counts has its next turn: soon where event loops write much, and seldom
 * else. For any thread.
 */
final class TalkerPace {
  /*
   * To be woken costs a thread more than to count what some hundred requests wrote. So it comes
   * again after 50 ms only if a quarter of a ring was written since it last came; the rest has room
   * for three times as much until then.
   */
  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(Talkers.PERIOD_MILLIS);
  private static final long SELDOM = TimeUnit.MILLISECONDS.toNanos(Talkers.LONGEST_PERIOD_MILLIS);

  private volatile boolean filling;
  private volatile Runnable told = () -> {};

  /** Who is to be told that its next turn is sooner than it thought. */
  void whenSooner(Runnable told) {
    this.told = told;
  }

  /** A quarter of a ring was written. */
  void filling() {
    if (!filling) {
      filling = true;
      told.run();
    }
  }

  /** A turn begins: what is written from now on is for the next one. */
  void turn() {
    filling = false;
  }

  /**
   * Instant of the next turn.
   *
   * @param last when the last one began, in nanoseconds
   */
  long next(long last) {
    return last + (filling ? SOON : SELDOM);
  }
}
