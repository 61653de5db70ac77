package io.apfproxy.time;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whether the process itself stood still while something was tried, so that its failure in time
 * says nothing. Thread-safe. Source: specification security.md S93.
 */
public final class Standstill {
  /*
   * It looks again and again, each time so long after the last one. Where more than half of the looks
   * are missing the time that passed was not ours: the process was stopped, or got no processor.
   */
  static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();

  private static final long FEWEST = 2;

  private final TimeSource time;
  private final DelayedActions later;
  private final long began;
  private final AtomicLong looks = new AtomicLong();
  private volatile boolean ended;

  /**
   * Begins to look.
   *
   * @param later as late as what is tried would be told the end of its time
   */
  public Standstill(TimeSource time, DelayedActions later) {
    this.time = time;
    this.later = later;
    this.began = time.nanoTime();
    later.after(LOOK_NANOS, this::look);
  }

  private void look() {
    if (!ended) {
      looks.incrementAndGet();
      later.after(LOOK_NANOS, this::look);
    }
  }

  /** Ends it, and tells whether most of its time, a second or more, was no time of ours. */
  public boolean end() {
    ended = true;
    long due = (time.nanoTime() - began) / LOOK_NANOS;
    return due >= FEWEST && 2 * looks.get() < due;
  }
}
