package io.apfproxy.upstream.exchange;

/**
 * Says when a client that does not read has had its time. While nobody wants its seats 1 KiB/s will
 * do, over a minute; while others wait in its level it must take 16 KiB/s for each seat, over ten
 * seconds of standing still in all. All instants are those of one clock, in nanoseconds. Source:
 * specification limits.md L-71.
 */
final class DrainClock {
  private static final long SECOND = 1_000_000_000;
  private static final long PATIENCE = 60 * SECOND;
  private static final long LEAST_BYTES = 60 << 10;
  private static final long PATIENCE_OF_OTHERS = 10 * SECOND;
  private static final long BYTES_FOR_SEAT = 16 << 10;

  /** What is longer between two looks is no fault of the client's: the process stood still. */
  private static final long LONGEST_STEP = 2 * SECOND;

  private boolean running;
  private boolean standing;
  private long periodBegan;
  private long takenBefore;

  private long lookedAt;
  private long takenThen;
  private int wantedThen;

  private long contended;
  private long takenMeanwhile;
  private long owed;

  /**
   * Nothing more is read for it.
   *
   * @param taken bytes in all
   * @param wanted seats that it holds and others wait for
   */
  void stand(long now, long taken, int wanted) {
    if (running) {
      leaveOutStandstill(now);
    } else {
      running = true;
      periodBegan = now;
      takenBefore = taken;
    }
    standing = true;
    note(now, taken, wanted);
  }

  /** It is read on. */
  void move(long now, long taken) {
    if (standing) {
      count(now, taken);
      leaveOutStandstill(now);
      standing = false;
    }
  }

  boolean isStanding() {
    return standing;
  }

  /** It moves, and its next standstill is the first of another minute. */
  void rest() {
    running = false;
  }

  /**
   * Call about once a second while it stands: what is longer counts as two seconds.
   *
   * @return whether it has had its time
   */
  boolean look(long now, long taken, int wanted) {
    count(now, taken);
    leaveOutStandstill(now);
    note(now, taken, wanted);
    boolean slow = false;
    if (contended >= PATIENCE_OF_OTHERS) {
      slow = takenMeanwhile < owed;
      contended = 0;
      takenMeanwhile = 0;
      owed = 0;
    }
    if (now - periodBegan >= PATIENCE) {
      slow |= taken - takenBefore < LEAST_BYTES;
      periodBegan = now;
      takenBefore = taken;
    }
    return slow;
  }

  /**
   * Nanoseconds from the last look until it has had its time, if others go on waiting; {@link
   * Long#MAX_VALUE} if nobody waits.
   */
  long leftNanos() {
    return wantedThen == 0 ? Long.MAX_VALUE : Math.max(0, PATIENCE_OF_OTHERS - contended);
  }

  private void count(long now, long taken) {
    if (wantedThen > 0) {
      long step = Math.min(now - lookedAt, LONGEST_STEP);
      contended += step;
      takenMeanwhile += taken - takenThen;
      owed += step / 1_000 * wantedThen * BYTES_FOR_SEAT / 1_000_000;
    }
  }

  private void leaveOutStandstill(long now) {
    periodBegan += Math.max(0, now - lookedAt - LONGEST_STEP);
    lookedAt = now;
  }

  private void note(long now, long taken, int wanted) {
    lookedAt = now;
    takenThen = taken;
    wantedThen = wanted;
  }
}
