package io.apfproxy.time;

import java.math.BigInteger;

/**
 * So many units a period: a token bucket, which gives a burst at once, or a leaky one, which lets
 * out one at a time. Immutable. Source: specification limits.md L-18, L-19, L-23.
 */
public final class Pace implements Allowance {
  /*
   * The generic cell rate algorithm: a key's whole state is the instant at which its bucket would be full again, its due. A unit
   * moves it on by the time that one takes to come, rounded up to a tick, against the client. So in every interval of length x at
   * most burst + x * rate units begin, for ever and however they interleave, and a whole burst can be taken one by one.
   *
   * A difference of ticks reaches 104 days. Nothing lies further ahead than MOST_AHEAD, so that what does is long past: see
   * KeyTable.
   */
  static final int TICK_BITS = 10;
  private static final long MOST_AHEAD = 1L << 61; // 26 days
  private static final long DEEPEST = 1L << 58;

  /** What is taken at a time of things that are taken in pieces, at most. */
  public static final long PIECE = 64 << 10;

  /** Of units that are not taken in pieces, in nanoseconds: three days. */
  public static final long LONGEST_PERIOD = DEEPEST >> TICK_BITS;

  private static final long MOST_PERIOD_OF_PIECES = 60_000_000_000L;

  private final long period;
  private final long rate;
  private final long unit;
  private final long burst;
  private final long depth;
  private final long patience;
  private final boolean leaky;

  private Pace(long rate, long periodNanos, long burst, long patience, boolean leaky) {
    if (rate < 1 || periodNanos < 1 || periodNanos > LONGEST_PERIOD || burst < 1) {
      throw new IllegalArgumentException(
          "%d per %d ns, %d at once: must be 1 or more, in some hours"
              .formatted(rate, periodNanos, burst));
    }
    this.period = periodNanos << TICK_BITS;
    this.rate = rate;
    this.unit = period / rate + (period % rate == 0 ? 0 : 1);
    this.burst = burst;
    this.depth = product(unit, burst);
    this.patience = leaky ? product(unit, patience) : patience << TICK_BITS;
    this.leaky = leaky;
  }

  private Pace(long rate, long periodNanos, long burst, long patience) {
    if (rate < 1 || periodNanos < 1 || periodNanos > MOST_PERIOD_OF_PIECES || burst < PIECE) {
      throw new IllegalArgumentException(
          "%d per %d ns, %d at once: must be 1 or more in a minute at most, %d or more at once"
              .formatted(rate, periodNanos, burst, PIECE));
    }
    this.period = periodNanos << TICK_BITS;
    this.rate = rate;
    this.unit = 0;
    this.burst = burst;
    this.depth = costOfPieces(burst);
    this.patience = patience;
    this.leaky = false;
    if (depth > DEEPEST) {
      throw new IllegalArgumentException(burst + " at once: must come within some days");
    }
  }

  /** Rounded up, against the client; {@link #MOST_AHEAD} at most. */
  private long costOfPieces(long units) {
    if (units <= PIECE) {
      return (units * period + rate - 1) / rate;
    }
    return BigInteger.valueOf(units)
        .multiply(BigInteger.valueOf(period))
        .add(BigInteger.valueOf(rate - 1))
        .divide(BigInteger.valueOf(rate))
        .min(BigInteger.valueOf(MOST_AHEAD))
        .longValue();
  }

  private static long product(long ticks, long number) {
    long product = Math.multiplyHigh(ticks, number) == 0 ? ticks * number : -1;
    if (number < 0 || product < 0 || product > DEEPEST) {
      throw new IllegalArgumentException(
          number + " units of " + ticks + " ticks: a full bucket must take days at most to fill");
    }
    return product;
  }

  /**
   * @param rate units a period, 1 or more
   * @param burst units at once, 1 or more, which come within some days
   * @param maxWaitNanos how long one waits for its units, at most a day
   */
  public static Pace tokenBucket(long rate, long periodNanos, long burst, long maxWaitNanos) {
    return new Pace(rate, periodNanos, burst, maxWaitNanos, false);
  }

  /**
   * @param rate units a period, 1 or more
   * @param capacity units that may wait, 0 or more, which flow out within some days
   */
  public static Pace leakyBucket(long rate, long periodNanos, long capacity) {
    return new Pace(rate, periodNanos, 1, capacity, true);
  }

  /**
   * A token bucket of things that are so many that each costs less than a tick, as bytes: what is
   * taken at a time is rounded, not each of it.
   *
   * @param rate units a period, 1 or more
   * @param periodNanos a minute at most
   * @param burst units at once, {@link #PIECE} or more, which come within some days
   * @param maxWaitNanos how long one waits for its units, at most a day
   */
  public static Pace ofPieces(long rate, long periodNanos, long burst, long maxWaitNanos) {
    return new Pace(rate, periodNanos, burst, maxWaitNanos << TICK_BITS);
  }

  /** A token bucket that lets nobody wait. */
  public static Pace perSecond(int rate, int burst) {
    return tokenBucket(rate, 1_000_000_000, burst, 0);
  }

  private long cost(long units) {
    if (unit == 0) {
      return costOfPieces(Math.min(units, burst));
    }
    long counted = leaky ? units : Math.min(units, burst);
    return Math.multiplyHigh(unit, counted) == 0 && unit * counted >= 0
        ? Math.min(unit * counted, MOST_AHEAD)
        : MOST_AHEAD;
  }

  private static long ahead(long due, long now) {
    long ahead = due - now;
    return ahead > MOST_AHEAD ? 0 : Math.max(0, ahead);
  }

  @Override
  public long whole(long now) {
    return now;
  }

  @Override
  public boolean isWhole(long due, long now) {
    return ahead(due, now) == 0;
  }

  @Override
  public boolean heals() {
    return true;
  }

  @Override
  public long wait(long due, long now, long units, long patienceNanos) {
    long tolerated = leaky ? 0 : depth - cost(units);
    long wait = ahead(due, now) - tolerated;
    if (wait <= 0) {
      return 0;
    }
    long most = patienceNanos > patience >> TICK_BITS ? patience : patienceNanos << TICK_BITS;
    return wait <= most ? nanos(wait) : -nanos(wait - most);
  }

  /** Rounded up: nobody is to go on before his time. */
  private static long nanos(long ticks) {
    return (ticks + (1L << TICK_BITS) - 1) >> TICK_BITS;
  }

  @Override
  public long after(long due, long now, long units) {
    return now + Math.min(ahead(due, now) + cost(units), MOST_AHEAD);
  }

  /**
   * To be called in the same step in which they were taken: later they could come on top of a
   * bucket that was full in between. Nothing comes back while somebody waits for what comes next:
   * he has his instant already, and whoever took the units given back would begin beside him. Of a
   * leaky bucket never, as a second one in the same slot would break the constant outflow.
   */
  @Override
  public long back(long due, long now, long units) {
    return leaky || ahead(due, now) > depth ? due : due - cost(units);
  }

  @Override
  public long left(long due, long now) {
    long free = (leaky ? unit + patience : depth) - ahead(due, now);
    if (free <= 0) {
      return 0;
    }
    return unit == 0 ? (long) ((double) free * rate / period) : free / unit;
  }

  @Override
  public double used(long due, long now) {
    return Math.min(1, (double) ahead(due, now) / (leaky ? unit + patience : depth));
  }

  @Override
  public long carried(long due, long now, Allowance before) {
    if (!(before instanceof Pace old) || (old.rate == rate && old.period == period)) {
      return due;
    }
    return now + carried(ahead(due, now), old);
  }

  private long carried(long missing, Pace old) {
    if (unit != 0) {
      return Fraction.up(missing, unit, old.unit, MOST_AHEAD);
    }
    if (period == old.period) {
      return Fraction.up(missing, old.rate, rate, MOST_AHEAD);
    }
    return Fraction.up(
        BigInteger.valueOf(missing),
        BigInteger.valueOf(period).multiply(BigInteger.valueOf(old.rate)),
        BigInteger.valueOf(old.period).multiply(BigInteger.valueOf(rate)),
        MOST_AHEAD);
  }

  @Override
  public long together(long one, long other, long now) {
    return now + Math.max(ahead(one, now), ahead(other, now));
  }

  @Override
  public long less(long one, long other, long now) {
    return ahead(one, now) < ahead(other, now) ? one : other;
  }
}
