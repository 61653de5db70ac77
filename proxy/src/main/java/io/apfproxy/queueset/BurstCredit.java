package io.apfproxy.queueset;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What one level has saved by using less than its own, and the seats beyond its limit that it got
 * for it. Not thread-safe: the level's lock guards it. Source: specification limits.md L-61 to
 * L-63.
 */
final class BurstCredit {
  /*
   * Credit is seats times time. Each seat of the level's own that it leaves unused adds to it, each
   * seat beyond its limit takes from it, up to what the object says. Nobody is interrupted when it is
   * used up: it falls below zero by what those who have their seats go on to use, and that must be
   * earned back first. A level begins with none, so that a restart is no gift.
   *
   * Seats above the limit are no burst where the limit was lowered under them, or where a request
   * wider than the level runs alone: these come from no pool and cost nothing. So what is beyond is
   * counted from the larger of the limit and of what is held without the pool's seats.
   */
  static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Nanoseconds of which as many as there can be seats fit into a long, without a division. */
  private static final long SURE = Integer.MAX_VALUE;

  private final BurstSeats pool;
  private final Map<BurstDenial, AtomicLong> denied = new EnumMap<>(BurstDenial.class);
  private BurstTerms terms;
  private long credit;
  private int granted;
  private long grants;
  private long lastNanos;

  BurstCredit(BurstTerms terms, BurstSeats pool, long nowNanos) {
    this.terms = terms;
    this.pool = pool;
    this.lastNanos = nowNanos;
    for (BurstDenial why : BurstDenial.values()) {
      denied.put(why, new AtomicLong());
    }
  }

  /** Saves and spends by other terms from now on; what was saved stays, up to the new most. */
  void setTerms(BurstTerms newTerms) {
    terms = newTerms;
    credit = Math.min(credit, newTerms.most());
  }

  /**
   * To be called before each change, with the seats that were in use since the last one.
   *
   * @param seatsInUse all that the level holds
   */
  void advance(long nowNanos, int seatsInUse) {
    credit = creditAt(nowNanos, seatsInUse);
    lastNanos = nowNanos;
  }

  private long creditAt(long nowNanos, int seatsInUse) {
    long rate = (long) Math.max(0, terms.nominal() - seatsInUse) - granted;
    long most = terms.most();
    long nanos = nowNanos - lastNanos;
    if (rate > 0 && nanos > SURE && nanos > (most - credit) / rate) {
      return most; // also where the product would not fit into a long
    }
    return Math.min(most, credit + rate * nanos);
  }

  /**
   * Whether a request one seat wide could get it beyond the limit, as far as can be told at once.
   */
  boolean isOpen() {
    return credit >= SECOND && granted < terms.seats() && pool.isIdle() && pool.left() > 0;
  }

  /** Takes the seats beyond the limit that such a request needs, if it may have them. */
  boolean grant(int width, int seatsInUse, int limit) {
    if (denial(width, seatsInUse, limit) != null) {
      return false;
    }
    int more = (int) (beyond(width, seatsInUse, limit) - granted);
    if (!pool.take(more)) {
      return false; // another level was quicker
    }
    granted += more;
    grants++;
    return true;
  }

  /** Seats beyond the limit that would be held with such a request. */
  private long beyond(int width, int seatsInUse, int limit) {
    return (long) seatsInUse + width - Math.max(limit, seatsInUse - granted);
  }

  private @Nullable BurstDenial denial(int width, int seatsInUse, int limit) {
    return denial(width, credit, beyond(width, seatsInUse, limit));
  }

  private @Nullable BurstDenial denial(int width, long saved, long beyond) {
    if (!pool.isIdle()) {
      return BurstDenial.UPSTREAM;
    } else if (saved < width * SECOND) {
      return BurstDenial.CREDIT;
    } else if (beyond > terms.seats()) {
      return BurstDenial.SEATS;
    }
    return beyond - granted > pool.left() ? BurstDenial.POOL : null;
  }

  /** A request has come and got no seat. If it is not for want of seats, it is not counted. */
  void noteDenied(int width, int seatsInUse, int limit) {
    BurstDenial why =
        beyond(width, seatsInUse, limit) > granted ? denial(width, seatsInUse, limit) : null;
    if (why != null) {
      Objects.requireNonNull(denied.get(why)).incrementAndGet();
    }
  }

  /** To be called when fewer seats are in use or the limit has changed: gives back what is over. */
  void settle(int seatsInUse, int limit) {
    int held = Math.min(granted, Math.max(0, seatsInUse - limit));
    if (held < granted) {
      pool.give(granted - held);
      granted = held;
    }
  }

  /** Seats beyond the limit that are held. */
  int granted() {
    return granted;
  }

  int limitAndGranted(int limit) {
    return (int) Math.min(Integer.MAX_VALUE, (long) limit + granted);
  }

  /** Its figures now; changes nothing. */
  BurstState state(long nowNanos, int seatsInUse) {
    Map<BurstDenial, Long> counts = new EnumMap<>(BurstDenial.class);
    denied.forEach((why, count) -> counts.put(why, count.get()));
    long saved = creditAt(nowNanos, seatsInUse);
    BurstDenial why = denial(1, saved, granted + 1L);
    return new BurstState(saved, terms.most(), granted, grants, counts, why);
  }
}
