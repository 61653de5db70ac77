package io.apfproxy.app.warm;

import java.time.Duration;

/**
 * Says when a warm-up is over: its time is up, or the compilers have hardly anything left to do. To
 * be asked every {@link #STEP}, by one thread.
 */
public final class Course {
  /** How often to look. */
  public static final Duration STEP = Duration.ofMillis(250);

  /** Of a processor: what compilers take that are done but for rare paths. */
  private static final double IDLE = 0.15;

  /** One look may fall between two waves of work. */
  private static final int LOOKS = 3;

  /** Before that, little was called often enough to be compiled. */
  private static final long LEAST_REQUESTS = 2_000;

  private final long longestNanos;
  private final long beganAt;
  private long lookedAt;
  private long compiledMillis;
  private int idleLooks;

  /**
   * @param longest the time for all of it
   * @param now in nanoseconds, as in the following
   * @param compiledMillis what the compilers have taken since the start of the process
   */
  public Course(Duration longest, long now, long compiledMillis) {
    this.longestNanos = longest.toNanos();
    this.beganAt = now;
    this.lookedAt = now;
    this.compiledMillis = compiledMillis;
  }

  /**
   * Looks.
   *
   * @param requests that were answered so far
   */
  public boolean isOver(long now, long compiledMillis, long requests) {
    double busy = (compiledMillis - this.compiledMillis) * 1e6 / Math.max(1, now - lookedAt);
    idleLooks = busy < IDLE ? idleLooks + 1 : 0;
    lookedAt = now;
    this.compiledMillis = compiledMillis;
    return now - beganAt >= longestNanos || (idleLooks >= LOOKS && requests >= LEAST_REQUESTS);
  }
}
