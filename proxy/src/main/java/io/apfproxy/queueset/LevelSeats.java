package io.apfproxy.queueset;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The seats of one level: how many there are, how many are in use, and what it may have beyond them
 * for a while. Not thread-safe: the level's lock guards it.
 */
final class LevelSeats {
  int limit;
  int inUse;

  /** Of the widest request refused since the limit was set to zero. */
  int denied;

  /** Null where the level has only its limit: nothing is asked then. */
  private @Nullable BurstCredit burst;

  private final Descent descent = new Descent();

  LevelSeats(int limit) {
    this.limit = limit;
  }

  /** To be called before each change. */
  void advance(long nowNanos) {
    if (burst != null) {
      burst.advance(nowNanos, inUse);
    }
  }

  /**
   * What was wanted in vain is forgotten.
   *
   * @return whether there was any
   */
  boolean setLimit(int newLimit) {
    descent.changed(inUse - newLimit);
    return change(newLimit);
  }

  /** The same; if it is lower, it is reached by and by. */
  boolean approach(int newLimit) {
    if (newLimit >= limit) {
      return setLimit(newLimit);
    }
    descent.lowered(limit - newLimit, inUse - newLimit);
    return change(newLimit);
  }

  private boolean change(int newLimit) {
    limit = newLimit;
    settle();
    boolean some = denied > 0;
    denied = 0;
    return some;
  }

  /** As {@link QueueSet#setBurst} says. */
  void setBurst(@Nullable BurstTerms terms, BurstSeats pool, long nowNanos) {
    if (terms == null) {
      Objects.requireNonNull(burst).settle(0, limit);
      burst = null;
    } else if (burst == null) {
      burst = new BurstCredit(terms, pool, nowNanos);
    } else {
      burst.setTerms(terms);
    }
  }

  boolean bursts() {
    return burst != null;
  }

  /** Whether any seat is free within the limit. */
  boolean anyFree() {
    return inUse < reached();
  }

  /** Whether a request in a queue finds so many free within the limit. */
  boolean areFree(int width, int executing) {
    return inUse < reached() && fits(width, executing);
  }

  /** The same; if not, it is granted those beyond the limit that it needs, if it may have them. */
  boolean mayDispatch(int width, int executing) {
    return areFree(width, executing) || grant(width);
  }

  /** The same for a request without a queue, which need not wait for lingering seats. */
  boolean mayExecute(int width, int executing) {
    return (limit > 0 && fits(width, executing)) || grant(width);
  }

  private boolean fits(int width, int executing) {
    if (width > reached()) {
      // Wider than the level: it may run, but with nothing beside it.
      return executing == 0;
    }
    return inUse + width <= reached();
  }

  /** The limit, or what is above it on the way down. */
  private int reached() {
    return limit + descent.seats();
  }

  /** Whether a narrow request might have a seat beyond the limit now. */
  boolean anyBeyond() {
    return burst != null && burst.isOpen();
  }

  private boolean grant(int width) {
    return burst != null && burst.grant(width, inUse, limit);
  }

  /** How many there are now, with those above the limit and those granted beyond it. */
  int limitAndGranted() {
    return burst == null ? reached() : burst.limitAndGranted(reached());
  }

  void take(int width) {
    inUse += width;
  }

  void giveBack(int width, boolean awaited) {
    inUse -= width;
    descent.gaveBack(width, inUse - limit, awaited);
    settle();
  }

  /**
   * A request was refused. One refused for want of any seat counts as wanting its seats until the
   * limit is set again: else a level that starts without seats would never be seen to want one, and
   * never borrow.
   *
   * @return whether more is wanted in vain than before
   */
  boolean wantedInVain(int width) {
    boolean more = limit <= 0 && width > denied;
    denied = more ? width : denied;
    return more;
  }

  /** A request has just come and got no seat. */
  void noteNoneBeyond(int width) {
    if (burst != null) {
      burst.noteDenied(width, inUse, limit);
    }
  }

  /** Null if the level has only its limit. */
  @Nullable BurstState burst(long nowNanos) {
    return burst == null ? null : burst.state(nowNanos, inUse);
  }

  private void settle() {
    if (burst != null) {
      burst.settle(inUse, limit);
    }
  }
}
