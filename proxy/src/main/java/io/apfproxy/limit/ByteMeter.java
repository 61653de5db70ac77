package io.apfproxy.limit;

import io.apfproxy.time.Pace;
import io.apfproxy.time.TimeSource;
import java.util.List;

/**
 * Charges what one request moves to the limits of bytes that concern it. Belongs to its event loop.
 * Source: specification limits.md L-20, L-21, L-32.
 */
public final class ByteMeter {
  private final List<Charge> charges;
  private final TimeSource time;
  private long in;
  private long out;

  /** What it owes to one limit. */
  static final class Charge {
    private final Limit limit;
    private final long key;
    private final long owner;
    private final boolean shadow;
    private final boolean slowed;
    private long behind;
    private long goesOnAt;

    /**
     * @param shadow whether the limit does not hold the request
     * @param slowed whether one that it holds is slowed, and does not pay later
     */
    Charge(Limit limit, long key, long owner, boolean shadow, boolean slowed, long now) {
      this.limit = limit;
      this.key = key;
      this.owner = owner;
      this.shadow = shadow;
      this.slowed = slowed;
      this.goesOnAt = now;
    }

    private long moved(long bytesIn, long bytesOut, long now) {
      limit.moved(bytesIn, bytesOut);
      behind += bytesIn + bytesOut;
      return shadow && slowed ? chargeAsIfSlowed(now) : chargeAll(now);
    }

    private long chargeAll(long now) {
      long owed = 0;
      while (behind > 0) {
        owed = chargePiece(now);
      }
      return shadow ? 0 : owed;
    }

    /**
     * What was moved too early waits for its time. What is left of that at the end is never owed:
     * others would find more missing than if it had been slowed.
     */
    private long chargeAsIfSlowed(long now) {
      while (behind > 0 && now - goesOnAt >= 0) {
        goesOnAt = now + chargePiece(now);
      }
      return 0;
    }

    private long chargePiece(long now) {
      long piece = Math.min(behind, Pace.PIECE);
      behind -= piece;
      return limit.charge(key, owner, piece, now);
    }
  }

  ByteMeter(List<Charge> charges, TimeSource time) {
    this.charges = List.copyOf(charges);
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
    long newIn = Math.max(0, allIn - in);
    long newOut = Math.max(0, allOut - out);
    in += newIn;
    out += newOut;
    long owed = 0;
    for (int i = 0; i < charges.size(); i++) {
      owed = Math.max(owed, charges.get(i).moved(newIn, newOut, now));
    }
    return owed;
  }
}
