package io.apfproxy.live;

import io.apfproxy.flowcontrol.RejectReason;
import java.util.EnumMap;
import java.util.Map;

/** What one priority level has refused, and how long its requests waited, since the start. */
public final class LevelTotals {
  /** Nothing so far. */
  public static final LevelTotals NONE = new LevelTotals(new double[0]);

  private static final double FEW = 0.99;

  private final Map<RejectReason, Long> refused = new EnumMap<>(RejectReason.class);
  private final double[] bounds;
  private final long[] waits;

  /**
   * @param bounds upper bounds of the buckets of waits, in seconds, rising
   */
  public LevelTotals(double[] bounds) {
    this.bounds = bounds.clone();
    this.waits = new long[bounds.length];
  }

  /** Adds refusals by one reason. */
  public void addRefused(RejectReason reason, long number) {
    refused.merge(reason, number, Long::sum);
  }

  /** Adds requests whose wait fell into a bucket. */
  public void addWaits(int bucket, long number) {
    waits[bucket] += number;
  }

  /** Whether anything was refused since an earlier reading. */
  boolean refusedMoreThan(LevelTotals before) {
    return !refused.equals(before.refused);
  }

  /** Refused by a reason since an earlier reading. */
  long refusedSince(LevelTotals before, RejectReason reason) {
    return Math.max(0, refused.getOrDefault(reason, 0L) - before.refused.getOrDefault(reason, 0L));
  }

  /**
   * Upper bound of the bucket in which the 99th percentile lies of the waits since an earlier
   * reading, in seconds; infinite for the last; NaN if nobody was told its fate.
   */
  double waitSince(LevelTotals before) {
    long all = 0;
    for (int i = 0; i < waits.length; i++) {
      all += waitsSince(before, i);
    }
    long seen = 0;
    for (int i = 0; all > 0 && i < waits.length; i++) {
      seen += waitsSince(before, i);
      if (seen >= all * FEW) {
        return bounds[i];
      }
    }
    return Double.NaN;
  }

  private long waitsSince(LevelTotals before, int bucket) {
    long then = bucket < before.waits.length ? before.waits[bucket] : 0;
    return Math.max(0, waits[bucket] - then);
  }
}
