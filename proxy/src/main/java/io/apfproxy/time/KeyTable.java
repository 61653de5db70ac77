package io.apfproxy.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is known of each key of an {@link Allowance}: 68 bytes a key, taken at once; nothing is
 * allocated after that. Thread-safe.
 *
 * <p>Only what equals an absent key is forgotten. Keys for which there is no room then share one
 * allowance. So nobody gets anything by filling the table. Source: specification limits.md L-26;
 * security.md S61.
 */
public final class KeyTable {
  /*
   * Sets of eight ways, a quarter full when all keys live, so that one in some thousands finds its set full. A set keeps, as a
   * ninth value, what its keys took together from the shared allowance: while that is not whole, new keys of the set share on,
   * though a way is free by now. Else a key would have its share and then all of its own; and what is counted would not be given
   * back where it was taken.
   *
   * Locks are striped by set; that of the shared allowance is taken last. Each has the allowance under which its values are read,
   * so that a new one is put in stripe by stripe, and no value is ever read under the wrong one.
   *
   * Ticks wrap after 208 days: once in ten, all that is whole is forgotten.
   */
  private static final int WAYS = 8;
  private static final int VALUES = WAYS + 1;
  private static final int SLOTS_A_KEY = 4;
  private static final int MOST_STRIPES = 64;
  private static final int MOST_KEYS = 10_000_000;
  private static final long BETWEEN_SWEEPS = TimeUnit.DAYS.toNanos(10);
  private static final long ALL_HEALED = TimeUnit.DAYS.toNanos(60);

  private final long origin;
  private final int sets;
  private final long[] hashes;
  private final long[] values;
  private final Stripe[] stripes;
  private final Stripe shared;
  private long sharedValue;
  private final LongAdder overflows = new LongAdder();
  private volatile long sweptAt;

  private static final class Stripe {
    private Allowance allowance;

    Stripe(Allowance allowance) {
      this.allowance = allowance;
    }
  }

  /**
   * How full it is.
   *
   * @param keys that are not as an absent one
   * @param fullest how much the key that took most has taken, 0 to 1
   */
  public record Reading(int keys, double fullest) {}

  /**
   * @param keys for which there is certainly room in all; 0 if all share one allowance
   * @param now of {@link TimeSource#nanoTime}, as everywhere here
   */
  public KeyTable(int keys, Allowance allowance, long now) {
    if (keys < 0 || keys > MOST_KEYS) {
      throw new IllegalArgumentException(keys + " keys, must be in 0.." + MOST_KEYS);
    }
    this.origin = now;
    this.sweptAt = now;
    this.sets = (int) (((long) keys * SLOTS_A_KEY + WAYS - 1) / WAYS);
    this.hashes = new long[sets * WAYS];
    this.values = new long[sets * VALUES];
    this.stripes = new Stripe[Math.min(sets, MOST_STRIPES)];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe(allowance);
    }
    this.shared = new Stripe(allowance);
    long whole = allowance.whole(0);
    for (int set = 0; set < sets; set++) {
      values[set * VALUES + WAYS] = whole;
    }
    this.sharedValue = whole;
  }

  private long ticks(long now) {
    return (now - origin) << Pace.TICK_BITS;
  }

  private int set(long hash) {
    return (int) (((hash >>> 32) * sets) >>> 32);
  }

  private Stripe stripe(int set) {
    return stripes[set % stripes.length];
  }

  /**
   * Takes units if that is possible, now or within the patience.
   *
   * @param hash of {@link KeyHash}; any if all share one allowance
   * @return as {@link Allowance#wait}; nothing was taken if negative
   */
  public long take(long hash, long now, long units, long patienceNanos) {
    return ask(hash, now, units, patienceNanos, true);
  }

  /** What {@link #take} would say; takes nothing. */
  public long peek(long hash, long now, long units, long patienceNanos) {
    return ask(hash, now, units, patienceNanos, false);
  }

  private long ask(long hash, long now, long units, long patience, boolean takes) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    if (sets == 0) {
      return share(ticks, units, patience, takes);
    }
    long key = known(hash);
    int set = set(key);
    Stripe stripe = stripe(set);
    synchronized (stripe) {
      Allowance allowance = stripe.allowance;
      int way = room(set, key, ticks, allowance);
      if (way < 0) {
        return overflow(set, allowance, ticks, units, patience, takes);
      }
      int slot = set * WAYS + way;
      int place = set * VALUES + way;
      long value = hashes[slot] == key ? values[place] : allowance.whole(ticks);
      long wait = allowance.wait(value, ticks, units, patience);
      if (takes && wait >= 0) {
        hashes[slot] = key;
        values[place] = allowance.after(value, ticks, units);
      }
      return wait;
    }
  }

  /** No hash is that of an empty slot. */
  private static long known(long hash) {
    return hash == 0 ? 1 : hash;
  }

  private int wayOf(int set, long key) {
    int first = set * WAYS;
    for (int way = 0; way < WAYS; way++) {
      if (hashes[first + way] == key) {
        return way;
      }
    }
    return -1;
  }

  /** The way of a key, or one that it can have; -1 if it has to share. */
  private int room(int set, long key, long ticks, Allowance allowance) {
    int way = wayOf(set, key);
    if (way >= 0 || !allowance.isWhole(values[set * VALUES + WAYS], ticks)) {
      return way;
    }
    for (int free = 0; free < WAYS; free++) {
      if (hashes[set * WAYS + free] == 0 || allowance.isWhole(values[set * VALUES + free], ticks)) {
        return free;
      }
    }
    return -1;
  }

  private long overflow(
      int set, Allowance allowance, long ticks, long units, long patience, boolean takes) {
    if (takes) {
      overflows.increment();
    }
    long wait = share(ticks, units, patience, takes);
    if (takes && wait >= 0) {
      int taken = set * VALUES + WAYS;
      values[taken] = allowance.after(values[taken], ticks, units);
    }
    return wait;
  }

  private long share(long ticks, long units, long patience, boolean takes) {
    synchronized (shared) {
      long wait = shared.allowance.wait(sharedValue, ticks, units, patience);
      if (takes && wait >= 0) {
        sharedValue = shared.allowance.after(sharedValue, ticks, units);
      }
      return wait;
    }
  }

  /**
   * Takes units whether they are there or not: what comes next waits until they are made good.
   *
   * @return the nanoseconds until there would be some again; 0 if there are
   */
  public long charge(long hash, long now, long units) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    if (sets == 0) {
      return chargeToAll(ticks, units);
    }
    long key = known(hash);
    int set = set(key);
    Stripe stripe = stripe(set);
    synchronized (stripe) {
      Allowance allowance = stripe.allowance;
      int way = room(set, key, ticks, allowance);
      int place = set * VALUES + (way < 0 ? WAYS : way);
      boolean known = way < 0 || hashes[set * WAYS + way] == key;
      long value = known ? values[place] : allowance.whole(ticks);
      if (way >= 0) {
        hashes[set * WAYS + way] = key;
      }
      values[place] = allowance.after(value, ticks, units);
      return way < 0 ? chargeToAll(ticks, units) : -allowance.wait(values[place], ticks, 0, 0);
    }
  }

  private long chargeToAll(long ticks, long units) {
    synchronized (shared) {
      sharedValue = shared.allowance.after(sharedValue, ticks, units);
      return -shared.allowance.wait(sharedValue, ticks, 0, 0);
    }
  }

  /** Gives back what was taken, as far as the allowance permits. */
  public void back(long hash, long now, long units) {
    long ticks = ticks(now);
    if (sets == 0) {
      backToAll(ticks, units);
      return;
    }
    long key = known(hash);
    int set = set(key);
    Stripe stripe = stripe(set);
    synchronized (stripe) {
      Allowance allowance = stripe.allowance;
      int way = wayOf(set, key);
      int place = set * VALUES + (way < 0 ? WAYS : way);
      if (allowance.isWhole(values[place], ticks)) {
        return;
      }
      values[place] = allowance.back(values[place], ticks, units);
      if (way < 0) {
        backToAll(ticks, units);
      }
    }
  }

  private void backToAll(long ticks, long units) {
    synchronized (shared) {
      if (!shared.allowance.isWhole(sharedValue, ticks)) {
        sharedValue = shared.allowance.back(sharedValue, ticks, units);
      }
    }
  }

  /** Units that a key has left; as {@link Allowance#left}. */
  public long left(long hash, long now) {
    long ticks = ticks(now);
    if (sets > 0) {
      long key = known(hash);
      int set = set(key);
      Stripe stripe = stripe(set);
      synchronized (stripe) {
        int way = room(set, key, ticks, stripe.allowance);
        if (way >= 0) {
          boolean known = hashes[set * WAYS + way] == key;
          long value = known ? values[set * VALUES + way] : stripe.allowance.whole(ticks);
          return stripe.allowance.left(value, ticks);
        }
      }
    }
    synchronized (shared) {
      return shared.allowance.left(sharedValue, ticks);
    }
  }

  /** Whether others take of the same as this key. */
  public boolean shares(long hash, long now) {
    if (sets == 0) {
      return true;
    }
    long key = known(hash);
    int set = set(key);
    Stripe stripe = stripe(set);
    synchronized (stripe) {
      return room(set, key, ticks(now), stripe.allowance) < 0;
    }
  }

  /**
   * Puts another allowance in the place of the one in force; of each key as many units are missing
   * as before. Not for an event loop.
   *
   * @param next of the same kind
   */
  public void replace(Allowance next, long now) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    for (int first = 0; first < stripes.length; first++) {
      Stripe stripe = stripes[first];
      synchronized (stripe) {
        for (int set = first; set < sets; set += stripes.length) {
          carry(set, stripe.allowance, next, ticks);
        }
        stripe.allowance = next;
      }
    }
    synchronized (shared) {
      sharedValue = next.carried(sharedValue, ticks, shared.allowance);
      shared.allowance = next;
    }
  }

  private void carry(int set, Allowance before, Allowance next, long ticks) {
    for (int i = 0; i < VALUES; i++) {
      int place = set * VALUES + i;
      if (!before.isWhole(values[place], ticks)) {
        values[place] = next.carried(values[place], ticks, before);
      }
    }
  }

  private void sweepNowAndThen(long now) {
    if (now - sweptAt > BETWEEN_SWEEPS) {
      sweep(now);
    }
  }

  private void sweep(long now) {
    boolean old = now - sweptAt > ALL_HEALED;
    sweptAt = now;
    long ticks = ticks(now);
    for (int first = 0; first < stripes.length; first++) {
      Stripe stripe = stripes[first];
      synchronized (stripe) {
        for (int set = first; set < sets; set += stripes.length) {
          for (int i = 0; i < VALUES; i++) {
            int place = set * VALUES + i;
            values[place] = swept(values[place], stripe.allowance, ticks, old);
          }
        }
      }
    }
    synchronized (shared) {
      sharedValue = swept(sharedValue, shared.allowance, ticks, old);
    }
  }

  private static long swept(long value, Allowance allowance, long ticks, boolean old) {
    return (old && allowance.heals()) || allowance.isWhole(value, ticks)
        ? allowance.whole(ticks)
        : value;
  }

  /** How full it is now. Looks at every key: not for an event loop. */
  public Reading read(long now) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    int keys = 0;
    double fullest;
    synchronized (shared) {
      fullest = shared.allowance.used(sharedValue, ticks);
    }
    for (int first = 0; first < stripes.length; first++) {
      Stripe stripe = stripes[first];
      synchronized (stripe) {
        for (int set = first; set < sets; set += stripes.length) {
          for (int way = 0; way < WAYS; way++) {
            long value = values[set * VALUES + way];
            if (hashes[set * WAYS + way] != 0 && !stripe.allowance.isWhole(value, ticks)) {
              keys++;
              fullest = Math.max(fullest, stripe.allowance.used(value, ticks));
            }
          }
        }
      }
    }
    return new Reading(keys, fullest);
  }

  /** How many keys may find room at most: more than it was made for, by luck. */
  public int most() {
    return sets * WAYS;
  }

  /** How often a key had to share, for want of room for one of its own. */
  public long overflows() {
    return overflows.sum();
  }
}
