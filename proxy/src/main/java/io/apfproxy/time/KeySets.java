package io.apfproxy.time;

/**
 * The keys of a {@link KeyTable} and what is known of each. Not thread-safe: a set is looked at
 * under the lock that is its.
 */
final class KeySets {
  /*
   * Sets of eight ways, a quarter full when all keys live, so that one in some thousands finds its set full. A ninth value is
   * what keys of a set took that have no way there.
   */
  static final int WAYS = 8;

  /** In the place of a way: what the keys of a set took that have none. */
  static final int REST = WAYS;

  private static final int VALUES = WAYS + 1;
  private static final int SLOTS_A_KEY = 4;
  private static final int MOST_KEYS = 10_000_000;

  private final int number;
  private final long[] hashes;
  private final long[] values;

  /**
   * @param keys for which there is certainly room in all
   * @param whole what is known of nobody
   */
  KeySets(int keys, long whole) {
    if (keys < 0 || keys > MOST_KEYS) {
      throw new IllegalArgumentException(keys + " keys, must be in 0.." + MOST_KEYS);
    }
    this.number = (int) (((long) keys * SLOTS_A_KEY + WAYS - 1) / WAYS);
    this.hashes = new long[number * WAYS];
    this.values = new long[number * VALUES];
    for (int set = 0; set < number; set++) {
      values[set * VALUES + REST] = whole;
    }
  }

  int number() {
    return number;
  }

  /** The set of a key: the same part of all sets, however many there are. */
  int of(long key) {
    return (int) (((key >>> 32) * number) >>> 32);
  }

  /** The lowest key of a set; of the number of sets, one more than there is. */
  long lowest(int set) {
    return ((((long) set << 32) + number - 1) / number) << 32;
  }

  /** The way of a key; -1 if it has none. */
  int wayOf(int set, long key) {
    int first = set * WAYS;
    for (int way = 0; way < WAYS; way++) {
      if (hashes[first + way] == key) {
        return way;
      }
    }
    return -1;
  }

  /** A way that a new key may have; -1 if there is none. */
  int freeWay(int set, long ticks, Allowance allowance) {
    for (int way = 0; way < WAYS; way++) {
      if (!isOwing(set, way, allowance, ticks)) {
        return way;
      }
    }
    return -1;
  }

  /** Whether a way has a key that must not be forgotten. */
  boolean isOwing(int set, int way, Allowance allowance, long ticks) {
    return hashes[set * WAYS + way] != 0 && !allowance.isWhole(value(set, way), ticks);
  }

  /** Keys that must not be forgotten. */
  int keys(int set, Allowance allowance, long ticks) {
    int keys = 0;
    for (int way = 0; way < WAYS; way++) {
      keys += isOwing(set, way, allowance, ticks) ? 1 : 0;
    }
    return keys;
  }

  /** How much the key that took most has taken, 0 to 1. */
  double used(int set, Allowance allowance, long ticks) {
    double most = 0;
    for (int way = 0; way < WAYS; way++) {
      if (isOwing(set, way, allowance, ticks)) {
        most = Math.max(most, allowance.used(value(set, way), ticks));
      }
    }
    return most;
  }

  long key(int set, int way) {
    return hashes[set * WAYS + way];
  }

  /** Of a way, or {@link #REST}. */
  long value(int set, int way) {
    return values[set * VALUES + way];
  }

  void setValue(int set, int way, long value) {
    values[set * VALUES + way] = value;
  }

  /** What is known of a key that has a way, or may have it. */
  long valueOf(int set, int way, long key, long whole) {
    return hashes[set * WAYS + way] == key ? value(set, way) : whole;
  }

  /** Gives a way to a key. */
  void put(int set, int way, long key, long value) {
    hashes[set * WAYS + way] = key;
    setValue(set, way, value);
  }

  /** Takes units for a key that has no way. */
  void takeFromRest(int set, Allowance allowance, long ticks, long units) {
    setValue(set, REST, allowance.after(value(set, REST), ticks, units));
  }

  /** Adds to what those took who have no way. */
  void addToRest(int set, long value, Allowance allowance, long ticks) {
    setValue(set, REST, allowance.together(value(set, REST), value, ticks));
  }

  /** Says what is known of all keys under another allowance. */
  void carry(int set, Allowance before, Allowance next, long ticks) {
    for (int way = 0; way <= REST; way++) {
      long value = value(set, way);
      if (!before.isWhole(value, ticks)) {
        setValue(set, way, next.carried(value, ticks, before));
      }
    }
  }

  /** Forgets what is whole, before numbers wrap. */
  void sweep(int set, Allowance allowance, long ticks, boolean old) {
    for (int way = 0; way <= REST; way++) {
      setValue(set, way, swept(value(set, way), allowance, ticks, old));
    }
  }

  /**
   * @param old whether so much time has gone by that time alone made whole what it can
   */
  static long swept(long value, Allowance allowance, long ticks, boolean old) {
    return (old && allowance.heals()) || allowance.isWhole(value, ticks)
        ? allowance.whole(ticks)
        : value;
  }
}
