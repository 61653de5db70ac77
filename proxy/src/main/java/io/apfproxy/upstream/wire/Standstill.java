package io.apfproxy.upstream.wire;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Whether our own event loop stood still while something was tried, so that its failure in time
 * says nothing. Belongs to that event loop. Source: specification security.md S93.
 */
final class Standstill {
  /*
   * It looks again and again, each time so long after the last one. Where half of the looks or more
   * are missing the time that passed was not ours: the process was stopped, or got no processor.
   */
  private static final long LOOK_MILLIS = 500;
  static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
  private static final long FEWEST = 2;

  private final Vertx vertx;
  private final LongSupplier nanos;
  private final long began;
  private long looks;
  private long timer;

  /**
   * Begins to look.
   *
   * @param nanos monotonic time
   */
  Standstill(Vertx vertx, LongSupplier nanos) {
    this.vertx = vertx;
    this.nanos = nanos;
    this.began = nanos.getAsLong();
    this.timer = vertx.setTimer(LOOK_MILLIS, any -> look());
  }

  private void look() {
    looks++;
    timer = vertx.setTimer(LOOK_MILLIS, any -> look());
  }

  /** Ends it, and tells whether most of its time, a second or more, was no time of ours. */
  boolean end() {
    vertx.cancelTimer(timer);
    return is(nanos.getAsLong() - began, looks);
  }

  /** Whether so few looks in so long a time mean one. */
  static boolean is(long passedNanos, long looks) {
    long due = passedNanos / LOOK_NANOS;
    return due >= FEWEST && 2 * looks < due;
  }
}
