package io.apfproxy.report.talkers;

import io.apfproxy.report.Reporter;

/** An event loop's part of top talkers, whose ring is emptied on order and in vain. */
public final class DrainedRing {
  /** Records that it takes between two drains. */
  public static final int ROOM = TalkerRing.SLOTS;

  private final TalkerRing ring = new TalkerRing(() -> {});
  private final LoopTalkers loop = new LoopTalkers(ring);
  private final TalkerRecord record = new TalkerRecord();

  /** Writes to it. */
  public Reporter reporter() {
    return loop;
  }

  /** Forgets what was written; fails if some was lost. */
  public void drain() {
    while (ring.read(record)) {
      // is forgotten
    }
    if (ring.lost() > 0) {
      throw new IllegalStateException(ring.lost() + " were lost");
    }
  }
}
