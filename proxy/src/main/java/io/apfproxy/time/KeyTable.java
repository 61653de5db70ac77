package io.apfproxy.time;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is known of each key of an {@link Allowance}: 80 bytes a key, taken at once; nothing is
 * allocated after that. Thread-safe.
 *
 * <p>Only what equals an absent key is forgotten. Keys for which there is no room then share one
 * allowance. So nobody gets anything by filling the table. Where keys can be invented, each has an
 * owner, who asked for it first; while room is scarce, keys of those who have much of it share, and
 * others find some. Source: specification limits.md L-26; security.md S61.
 */
public final class KeyTable {
  /*
   * A set keeps, besides its keys, what others of it took together from the shared allowance: while that is not whole, those that
   * took of it share on, though a way is free by now. Else a key would have its share and then all of its own; and what is counted
   * would not be given back where it was taken.
   *
   * Locks are striped, each for sets that lie side by side, so that who looks at all of them reads memory in its order; that of the
   * shared allowance is taken last. Each has the allowance under which its values are read, so that a new one is put in stripe by
   * stripe, and no value is ever read under the wrong one.
   *
   * A table of another size takes the place of this one likewise, stripe by stripe: whoever comes to a stripe that has moved is
   * sent on, and a key is always in one place. What is shared is the same for both.
   *
   * Ticks wrap after 208 days: once in ten, all that is whole is forgotten.
   */

  /** Owner of keys that nobody can invent. */
  public static final long NOBODY = 0;

  private static final int STRIPE_BITS = 6;
  private static final long BETWEEN_SWEEPS = TimeUnit.DAYS.toNanos(10);
  private static final long ALL_HEALED = TimeUnit.DAYS.toNanos(60);

  /* What is taken only if the wait is no longer than that. */
  private static final long NOTHING = Long.MIN_VALUE;
  private static final long AT_ONCE = 0;
  private static final long IN_ANY_CASE = Long.MAX_VALUE;

  private final long origin;
  private final KeySets sets;
  private final int shift;
  private final Stripe[] stripes;
  private final SharedAllowance shared;
  private final LongAdder overflows;
  private volatile long sweptAt;

  private static final class Stripe {
    private Allowance allowance;
    private @Nullable KeyTable movedTo;

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
    this(new KeySets(keys, allowance.whole(0)), allowance, now, now, null);
  }

  private KeyTable(
      KeySets sets, Allowance allowance, long origin, long sweptAt, @Nullable KeyTable before) {
    this.origin = origin;
    this.sweptAt = sweptAt;
    this.sets = sets;
    int last = sets.number() - 1;
    this.shift = Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(last) - STRIPE_BITS);
    this.stripes = new Stripe[sets.number() == 0 ? 0 : (last >> shift) + 1];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe(allowance);
    }
    this.shared = before == null ? new SharedAllowance(allowance) : before.shared;
    this.overflows = before == null ? new LongAdder() : before.overflows;
  }

  private long ticks(long now) {
    return (now - origin) << Pace.TICK_BITS;
  }

  private Stripe stripe(int set) {
    return stripes[set >> shift];
  }

  private int firstSet(int stripe) {
    return Math.min(stripe << shift, sets.number());
  }

  private boolean hasNoKeys() {
    return stripes.length == 0;
  }

  /**
   * Takes units if that is possible, now or within the patience.
   *
   * @param hash of {@link KeyHash}; any if all share one allowance
   * @return as {@link Allowance#wait}; nothing was taken if negative
   */
  public long take(long hash, long now, long units, long patienceNanos) {
    return take(hash, NOBODY, now, units, patienceNanos);
  }

  /** As the other, for an owner: a {@link KeyHash}, or {@link #NOBODY}. */
  public long take(long hash, long owner, long now, long units, long patienceNanos) {
    return ask(hash, owner, now, units, patienceNanos, IN_ANY_CASE);
  }

  /** As the other, but takes nothing either if its asker would have to wait. */
  public long takeAtOnce(long hash, long owner, long now, long units, long patienceNanos) {
    return ask(hash, owner, now, units, patienceNanos, AT_ONCE);
  }

  /** What {@link #take} would say; takes nothing. */
  public long peek(long hash, long owner, long now, long units, long patienceNanos) {
    return ask(hash, owner, now, units, patienceNanos, NOTHING);
  }

  private long ask(long hash, long owner, long now, long units, long patience, long most) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    if (hasNoKeys()) {
      return shared.ask(ticks, units, patience, most);
    }
    long key = known(hash);
    int set = sets.of(key);
    Stripe stripe = stripe(set);
    KeyTable next;
    synchronized (stripe) {
      next = stripe.movedTo;
      if (next == null) {
        Allowance allowance = stripe.allowance;
        int way = room(set, key, owner, ticks, allowance);
        if (way < 0) {
          long wait = shared.ask(ticks, units, patience, most);
          if (wait <= most) {
            overflows.increment();
          }
          if (wait >= 0 && wait <= most) {
            sets.takeFromRest(set, key, allowance, ticks, units);
          }
          return wait;
        }
        long value = sets.valueOf(set, way, key, allowance.whole(ticks));
        long wait = allowance.wait(value, ticks, units, patience);
        if (wait >= 0 && wait <= most) {
          boolean isNew = allowance.isWhole(value, ticks);
          sets.put(set, way, key, owner, isNew, allowance.after(value, ticks, units));
        }
        return wait;
      }
    }
    return next.ask(hash, owner, now, units, patience, most);
  }

  /** No hash is that of an empty slot. */
  private static long known(long hash) {
    return hash == 0 ? 1 : hash;
  }

  /** The way of a key, or one that it can have; -1 if it has to share. */
  private int room(int set, long key, long owner, long ticks, Allowance allowance) {
    int way = sets.wayOf(set, key);
    if (way >= 0 && sets.isOwing(set, way, allowance, ticks)) {
      return way;
    }
    if (sets.owesRest(set, key, allowance, ticks)) {
      if (!shared.isWhole(ticks)) {
        return -1;
      }
      sets.setValue(set, KeySets.REST, allowance.whole(ticks));
    }
    return sets.freeWay(set, way, owner, ticks, allowance);
  }

  /**
   * Takes units whether they are there or not: what comes next waits until they are made good.
   *
   * @param owner as of {@link #take}
   * @return the nanoseconds until there would be some again; 0 if there are
   */
  public long charge(long hash, long owner, long now, long units) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    if (hasNoKeys()) {
      return shared.charge(ticks, units);
    }
    long key = known(hash);
    int set = sets.of(key);
    Stripe stripe = stripe(set);
    KeyTable next;
    synchronized (stripe) {
      next = stripe.movedTo;
      if (next == null) {
        Allowance allowance = stripe.allowance;
        int way = room(set, key, owner, ticks, allowance);
        if (way < 0) {
          sets.takeFromRest(set, key, allowance, ticks, units);
          return shared.charge(ticks, units);
        }
        long value = sets.valueOf(set, way, key, allowance.whole(ticks));
        long after = allowance.after(value, ticks, units);
        sets.put(set, way, key, owner, allowance.isWhole(value, ticks), after);
        return -allowance.wait(after, ticks, 0, 0);
      }
    }
    return next.charge(hash, owner, now, units);
  }

  /**
   * Gives back what was taken, as far as the allowance permits.
   *
   * @return whether something came back
   */
  public boolean back(long hash, long now, long units) {
    long ticks = ticks(now);
    if (hasNoKeys()) {
      return shared.back(ticks, units);
    }
    long key = known(hash);
    int set = sets.of(key);
    Stripe stripe = stripe(set);
    KeyTable next;
    synchronized (stripe) {
      next = stripe.movedTo;
      if (next == null) {
        Allowance allowance = stripe.allowance;
        int way = sets.debtor(set, key, allowance, ticks);
        boolean comesBack = way >= 0 && sets.back(set, way, allowance, ticks, units);
        return way == KeySets.REST ? shared.back(ticks, units) : comesBack;
      }
    }
    return next.back(hash, now, units);
  }

  /** Units that a key, asked for by its owner, has left; as {@link Allowance#left}. */
  public long left(long hash, long owner, long now) {
    long ticks = ticks(now);
    if (!hasNoKeys()) {
      long key = known(hash);
      int set = sets.of(key);
      Stripe stripe = stripe(set);
      KeyTable next;
      synchronized (stripe) {
        next = stripe.movedTo;
        int way = next == null ? room(set, key, owner, ticks, stripe.allowance) : -1;
        if (way >= 0) {
          Allowance allowance = stripe.allowance;
          return allowance.left(sets.valueOf(set, way, key, allowance.whole(ticks)), ticks);
        }
      }
      if (next != null) {
        return next.left(hash, owner, now);
      }
    }
    return shared.left(ticks);
  }

  /** Whether others take of the same as this key does if its owner asks for it. */
  public boolean shares(long hash, long owner, long now) {
    if (hasNoKeys()) {
      return true;
    }
    long key = known(hash);
    int set = sets.of(key);
    Stripe stripe = stripe(set);
    KeyTable next;
    synchronized (stripe) {
      next = stripe.movedTo;
      if (next == null) {
        return room(set, key, owner, ticks(now), stripe.allowance) < 0;
      }
    }
    return next.shares(hash, owner, now);
  }

  /**
   * Puts another allowance in the place of the one in force; of each key as many units are missing
   * as before. Not for an event loop, and by one thread at a time.
   *
   * @param next of the same kind
   */
  public void replace(Allowance next, long now) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    for (int i = 0; i < stripes.length; i++) {
      Stripe stripe = stripes[i];
      synchronized (stripe) {
        for (int set = firstSet(i); set < firstSet(i + 1); set++) {
          sets.carry(set, stripe.allowance, next, ticks);
        }
        stripe.allowance = next;
      }
    }
    shared.replace(next, ticks);
  }

  /**
   * Moves all keys, and those who still ask this table, to another one; a key for which there is no
   * room there shares. Not for an event loop, and by one thread at a time.
   *
   * @param keys for which there is certainly room there, 1 or more, as here
   */
  public KeyTable resized(int keys, long now) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    Allowance allowance = stripes[0].allowance;
    KeySets others = new KeySets(keys, allowance.whole(ticks));
    KeyTable next = new KeyTable(others, allowance, origin, sweptAt, this);
    for (int i = 0; i < stripes.length; i++) {
      Stripe stripe = stripes[i];
      synchronized (stripe) {
        for (int set = firstSet(i); set < firstSet(i + 1); set++) {
          move(set, next, allowance, ticks);
        }
        stripe.movedTo = next;
      }
    }
    return next;
  }

  private void move(int set, KeyTable next, Allowance allowance, long ticks) {
    for (int way = 0; way < KeySets.WAYS; way++) {
      if (sets.isOwing(set, way, allowance, ticks)) {
        next.settle(sets.key(set, way), sets.owner(set, way), sets.value(set, way), ticks);
      }
    }
    long rest = sets.value(set, KeySets.REST);
    if (!allowance.isWhole(rest, ticks)) { // whose it is nobody knows: any of the set's keys
      int last = next.sets.of(sets.lowest(set + 1) - 1);
      for (int other = next.sets.of(sets.lowest(set)); other <= last; other++) {
        Stripe stripe = next.stripe(other);
        synchronized (stripe) {
          next.sets.addToRest(other, rest, sets.restMarks(set), allowance, ticks);
          // some of it is counted in several sets, again and again, but is a part of what is shared
          long all = next.sets.value(other, KeySets.REST);
          next.sets.setValue(other, KeySets.REST, shared.atMost(all, ticks));
        }
      }
    }
  }

  private void settle(long key, long owner, long value, long ticks) {
    int set = sets.of(key);
    Stripe stripe = stripe(set);
    synchronized (stripe) {
      int way = sets.freeWay(set, -1, NOBODY, ticks, stripe.allowance);
      if (way >= 0) {
        sets.put(set, way, key, owner, true, value);
      } else {
        sets.addToRest(set, value, KeySets.marks(key), stripe.allowance, ticks);
        shared.add(value, ticks);
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
    for (int i = 0; i < stripes.length; i++) {
      Stripe stripe = stripes[i];
      synchronized (stripe) {
        for (int set = firstSet(i); set < firstSet(i + 1); set++) {
          sets.sweep(set, stripe.allowance, ticks, old);
        }
      }
    }
    shared.sweep(ticks, old);
  }

  /** How full it is now. Looks at every key: not for an event loop. */
  public Reading read(long now) {
    sweepNowAndThen(now);
    long ticks = ticks(now);
    int keys = 0;
    double fullest = shared.used(ticks);
    for (int i = 0; i < stripes.length; i++) {
      Stripe stripe = stripes[i];
      synchronized (stripe) {
        for (int set = firstSet(i); set < firstSet(i + 1); set++) {
          keys += sets.keys(set, stripe.allowance, ticks);
          fullest = Math.max(fullest, sets.used(set, stripe.allowance, ticks));
        }
      }
    }
    return new Reading(keys, fullest);
  }

  /** How many keys may find room at most: more than it was made for, by luck. */
  public int most() {
    return sets.number() * KeySets.WAYS;
  }

  /** How often a key had to share, for want of room for one of its own. */
  public long overflows() {
    return overflows.sum();
  }
}
