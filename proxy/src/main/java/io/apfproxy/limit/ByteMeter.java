package io.apfproxy.limit;

import io.apfproxy.time.TimeSource;
import java.util.List;

/**
 * Charges what one request moves to the limits of bytes that concern it. Belongs to its event loop.
 * Source: specification limits.md L-20, L-21.
 */
public final class ByteMeter {
  private final Limit[] limits;
  private final List<Boolean> holding;
  private final long[] keys;
  private final long[] owners;
  private final TimeSource time;
  private long in;
  private long out;

  /**
   * @param holding which of the limits it is held to; others are charged only
   */
  ByteMeter(Limit[] limits, List<Boolean> holding, long[] keys, long[] owners, TimeSource time) {
    this.limits = limits;
    this.holding = List.copyOf(holding);
    this.keys = keys;
    this.owners = owners;
    this.time = time;
  }

  /**
   * Charges what is new.
   *
   * @param allIn bytes that came from the client so far
   * @param allOut bytes that went to the client so far
   * @return nanoseconds for which it is to move nothing more, if it is one that can wait
   */
  public long moved(long allIn, long allOut) {
    long now = time.nanoTime();
    long owed = Math.max(charge(allIn - in, false, now), charge(allOut - out, true, now));
    in = Math.max(in, allIn);
    out = Math.max(out, allOut);
    return owed;
  }

  private long charge(long bytes, boolean toClient, long now) {
    long owed = 0;
    for (int i = 0; i < limits.length && bytes > 0; i++) {
      long own = limits[i].charge(keys[i], owners[i], bytes, toClient, now);
      owed = holding.get(i) ? Math.max(owed, own) : owed;
    }
    return owed;
  }
}
