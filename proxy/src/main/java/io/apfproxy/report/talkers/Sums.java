package io.apfproxy.report.talkers;

/** What was counted for one key, or for all of them. Not thread-safe. */
final class Sums {
  private static final long[] NONE = new long[Rules.MOST];

  private long requests;
  private long refused;
  private long waitNanos;
  private long seatNanos;
  private long bytes;
  private long wouldWaitNanos;
  private long wouldRefuse;
  private long[] refusedBy = NONE;

  /**
   * @param rule number of the rule that refused it, or would have; negative if none
   */
  void add(TalkerRecord what, int rule) {
    if (what.would) {
      wouldWaitNanos += what.waitNanos;
      wouldRefuse += rule >= 0 ? 1 : 0;
      return;
    }
    requests += what.requests;
    waitNanos += what.waitNanos;
    seatNanos += what.seatNanos;
    bytes += what.bytes;
    if (rule >= 0) {
      refused++;
      ownRefusedBy()[rule]++;
    }
  }

  void add(Sums more) {
    requests += more.requests;
    waitNanos += more.waitNanos;
    seatNanos += more.seatNanos;
    bytes += more.bytes;
    wouldWaitNanos += more.wouldWaitNanos;
    wouldRefuse += more.wouldRefuse;
    if (more.refused > 0) {
      refused += more.refused;
      long[] own = ownRefusedBy();
      for (int i = 0; i < own.length; i++) {
        own[i] += more.refusedBy[i];
      }
    }
  }

  private long[] ownRefusedBy() {
    if (refusedBy == NONE) {
      refusedBy = new long[Rules.MOST];
    }
    return refusedBy;
  }

  long of(Measure measure) {
    return switch (measure) {
      case REQUESTS -> requests;
      case REFUSED -> refused;
      case WAIT -> waitNanos;
      case SEAT_SECONDS -> seatNanos;
      case BYTES -> bytes;
      case WOULD_WAIT -> wouldWaitNanos;
      case WOULD_REFUSE -> wouldRefuse;
    };
  }

  /** By the number of the rule; their sum is that of {@link Measure#REFUSED}. Not to be changed. */
  long[] refusedBy() {
    return refusedBy;
  }
}
