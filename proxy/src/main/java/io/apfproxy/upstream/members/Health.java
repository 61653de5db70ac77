package io.apfproxy.upstream.members;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Whether a member could be reached when last tried. Not thread-safe. */
final class Health {
  /*
   * Only that nobody is there speaks against a member. That a connection cannot be had for another
   * reason may be the fault of one certificate, or ours. What it answers, and how late, is the doing
   * of clients as well: it could be used to drive a member out.
   */
  static final long REST_NANOS = Duration.ofSeconds(5).toNanos();

  private boolean unreachable;
  private long restedAt;

  void reached() {
    unreachable = false;
  }

  void unreachable(LongSupplier nanos) {
    unreachable = true;
    restedAt = nanos.getAsLong() + REST_NANOS;
  }

  /** Whether it was reached when last tried, or may be tried again. */
  boolean mayBeTried(LongSupplier nanos) {
    return !unreachable || nanos.getAsLong() - restedAt >= 0;
  }

  /** A request goes there: until it is known what became of it no other one needs to try. */
  void tried(LongSupplier nanos) {
    if (unreachable) {
      restedAt = nanos.getAsLong() + REST_NANOS;
    }
  }
}
