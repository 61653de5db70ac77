package io.apfproxy.limit;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.limit.LimitTable.Place;
import io.apfproxy.request.RefusedException;
import io.apfproxy.time.TimeSource;
import java.util.function.Supplier;

/**
 * The gate of all limits at one place of the walk. Thread-safe. Source: specification limits.md
 * L-02, L-14, L-22, L-23, L-25.
 */
final class LimitGate implements Gate {
  /*
   * Nothing is kept of a request: the limits that were in force when it came to the first such gate stay with it, and by them its
   * limits and keys are found again. A table without limits at this place costs a volatile read.
   */
  private final Place place;
  private final Supplier<LimitTable> now;
  private final TimeSource time;

  LimitGate(Place place, Supplier<LimitTable> now, TimeSource time) {
    this.place = place;
    this.now = now;
    this.time = time;
  }

  @Override
  public boolean concerns(Asked asked) {
    return !now.get().at(place).isEmpty();
  }

  private LimitSet limits(Asked asked) {
    return ((LimitTable) asked.inForce(now)).at(place);
  }

  @Override
  public long enter(Asked asked, long at) throws RefusedException {
    LimitSet limits = limits(asked);
    Found found = limits.find(asked);
    if (found.number() == 0) {
      return 0;
    }
    if (found.number() > 1) {
      refuseByAny(limits, found, asked, at); // else it would lose at one what it takes of another
    }
    long longest = 0;
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      long wait = limit.take(found.key(i), asked, at);
      if (wait < 0) {
        giveBack(limits, found, i, asked, at);
        throw limit.refusal(limit.retryAfter(found.key(i), -wait, at));
      }
      longest = Math.max(longest, wait);
      limit.passed(wait);
    }
    return longest;
  }

  /** By the one that refuses longest. */
  private static void refuseByAny(LimitSet limits, Found found, Asked asked, long at)
      throws RefusedException {
    Limit longest = null;
    int seconds = 0;
    for (int i = 0; i < found.number(); i++) {
      Limit limit = limits.limit(found, i);
      long wait = limit.peek(found.key(i), asked, at);
      if (wait < 0) {
        int own = limit.retryAfter(found.key(i), -wait, at);
        if (own > seconds) {
          longest = limit;
          seconds = own;
        }
      }
    }
    if (longest != null) {
      throw longest.refusal(seconds);
    }
  }

  private static void giveBack(LimitSet limits, Found found, int number, Asked asked, long at) {
    for (int i = number - 1; i >= 0; i--) {
      limits.limit(found, i).refund(found.key(i), asked, at);
    }
  }

  @Override
  public void refund(Asked asked) {
    LimitSet limits = limits(asked);
    Found found = limits.find(asked);
    giveBack(limits, found, found.number(), asked, time.nanoTime());
  }

  @Override
  public void leave(Asked asked) {
    if (place != Place.PLACES) {
      return; // it is used, also by whom it was of no use to
    }
    LimitSet limits = limits(asked);
    Found found = limits.find(asked);
    long at = time.nanoTime();
    for (int i = found.number() - 1; i >= 0; i--) {
      limits.limit(found, i).leave(found.key(i), asked, at);
    }
  }
}
