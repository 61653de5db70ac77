package io.apfproxy.limit;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many requests wait at gates, in all and, while that is scarce, of whom they are.
 * Thread-safe. Source: specification limits.md L-04.
 */
final class WaitingRoom {
  /*
   * One who may wait for long could fill it with his, and others would be refused who had to wait
   * for a moment only. So from four fifths on nobody gets more than a quarter.
   */
  private static final int SHARE = 4;

  private final int most;
  private final Map<Object, Integer> byOwner = new HashMap<>();
  private int waiting;
  private long overflows;

  WaitingRoom(int most) {
    this.most = most;
  }

  /**
   * Its entrance for those who are told apart so.
   *
   * @param owner whose share counts, equal to itself; null for one that has none
   */
  Gate of(Function<Asked, ? extends @Nullable Object> owner) {
    return new Gate() {
      @Override
      public boolean concerns(Asked asked) {
        return true;
      }

      @Override
      public long enter(Asked asked, long now) throws RefusedException {
        if (!take(owner.apply(asked))) {
          throw new RefusedException(
                  429,
                  "TooManyRequests",
                  "rate-limit-waiting",
                  "too many requests: too many wait for a rate limit of this proxy; try again in 1 s")
              .retryAfter(1);
        }
        return 0;
      }

      @Override
      public void leave(Asked asked) {
        giveBack(owner.apply(asked));
      }
    };
  }

  private synchronized boolean take(@Nullable Object owner) {
    int own = owner == null ? 0 : byOwner.getOrDefault(owner, 0) + 1;
    boolean isScarce = waiting >= most - most / 5;
    if (waiting == most || (isScarce && own > most / SHARE)) {
      overflows++;
      return false;
    }
    waiting++;
    if (owner != null) {
      byOwner.put(owner, own);
    }
    return true;
  }

  private synchronized void giveBack(@Nullable Object owner) {
    waiting--;
    if (owner != null) {
      byOwner.computeIfPresent(owner, (same, own) -> own == 1 ? null : own - 1);
    }
  }

  synchronized int waiting() {
    return waiting;
  }

  synchronized long overflows() {
    return overflows;
  }
}
