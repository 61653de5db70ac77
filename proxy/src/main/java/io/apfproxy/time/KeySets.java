package io.apfproxy.time;

/**
 * The keys of a {@link KeyTable} and what is known of each. Not thread-safe: a set is looked at
 * under the lock that is its.
 */
final class KeySets {
  /*
   * Sets of eight ways, a quarter full when all keys live, so that one in some thousands finds its set full. A ninth value is
   * what keys of a set took that have no way there, a tenth are marks of those keys: four bits each, so that one that took nothing
   * is hardly ever taken for one that did.
   *
   * Among many keys what costs is not arithmetic but the lines of memory that are touched. So what is known of a key lies beside
   * its hash, and the first ways of a set, which most keys have, fill a line; the first ways of all sets lie together, so that no
   * part of a cache is left unused. What only new keys need is elsewhere.
   *
   * The last ways of a set are for owners who have few of it: who invents keys leaves room for those of others. If all keys are of
   * one owner, one in some hundreds finds no room.
   */
  static final int WAYS = 8;

  /** In the place of a way: what the keys of a set took that have none. */
  static final int REST = WAYS;

  /** Of a way: its hash, 0 if it has none, and what is known of it. */
  private static final int OF_WAY = 2;

  /** The first ways of all sets lie together, and so do the last ones. */
  private static final int TOGETHER = WAYS / 2;

  private static final int OF_SET = TOGETHER * OF_WAY;

  /** Of a set besides its ways: the rest, marks, and the owners of its ways, four in a word. */
  private static final int BESIDE = 4;

  private static final int MARKS = 1;
  private static final int OWNERS = 2;
  private static final int LAST_WAYS = 2;
  private static final int SLOTS_A_KEY = 4;
  private static final int MOST_KEYS = 10_000_000;

  private final int number;
  private final long[] ways;
  private final long[] beside;

  /**
   * @param keys for which there is certainly room in all
   * @param whole what is known of nobody
   */
  KeySets(int keys, long whole) {
    if (keys < 0 || keys > MOST_KEYS) {
      throw new IllegalArgumentException(keys + " keys, must be in 0.." + MOST_KEYS);
    }
    this.number = (int) (((long) keys * SLOTS_A_KEY + WAYS - 1) / WAYS);
    this.ways = new long[number * WAYS * OF_WAY];
    this.beside = new long[number * BESIDE];
    for (int set = 0; set < number; set++) {
      beside[set * BESIDE] = whole;
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
    for (int way = 0; way < WAYS; way++) {
      if (ways[at(set, way)] == key) {
        return way;
      }
    }
    return -1;
  }

  private int at(int set, int way) {
    return (set + way / TOGETHER * number) * OF_SET + way % TOGETHER * OF_WAY;
  }

  /**
   * A way that a key may have of which nothing is known; -1 if there is none.
   *
   * @param before the one it had, -1 if it had none
   * @param owner {@link KeyTable#NOBODY} if it may have any that is free
   */
  int freeWay(int set, int before, long owner, long ticks, Allowance allowance) {
    int first = before;
    int free = 0;
    int own = 0;
    for (int way = 0; way < WAYS && free <= LAST_WAYS; way++) {
      if (!isOwing(set, way, allowance, ticks)) {
        first = first < 0 ? way : first;
        free++;
      } else if (owner(set, way) == shortOf(owner)) {
        own++;
      }
    }
    boolean mayHave = free > LAST_WAYS || owner == KeyTable.NOBODY || own < LAST_WAYS;
    return free > 0 && mayHave ? first : -1;
  }

  /** Whether a way has a key that must not be forgotten. */
  boolean isOwing(int set, int way, Allowance allowance, long ticks) {
    return key(set, way) != 0 && !allowance.isWhole(value(set, way), ticks);
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
    return ways[at(set, way)];
  }

  long owner(int set, int way) {
    return (short) (beside[besideOf(set, way)] >>> shiftOf(way));
  }

  private static int besideOf(int set, int way) {
    return set * BESIDE + OWNERS + way / 4;
  }

  private static int shiftOf(int way) {
    return way % 4 * Short.SIZE;
  }

  private void setOwner(int set, int way, long owner) {
    int at = besideOf(set, way);
    int shift = shiftOf(way);
    long others = beside[at] & ~(0xffffL << shift);
    beside[at] = others | ((shortOf(owner) & 0xffffL) << shift);
  }

  /** Of a way, or {@link #REST}. */
  long value(int set, int way) {
    return way == REST ? beside[set * BESIDE] : ways[at(set, way) + 1];
  }

  void setValue(int set, int way, long value) {
    if (way == REST) {
      beside[set * BESIDE] = value;
    } else {
      ways[at(set, way) + 1] = value;
    }
  }

  /** What is known of a key that has a way, or may have it. */
  long valueOf(int set, int way, long key, long whole) {
    return key(set, way) == key ? value(set, way) : whole;
  }

  /**
   * Says what is known of a key that has a way, or may have it.
   *
   * @param isNew whether nothing was known of it: then the way is the owner's
   */
  void put(int set, int way, long key, long owner, boolean isNew, long value) {
    if (isNew) {
      ways[at(set, way)] = key;
      setOwner(set, way, owner);
    }
    setValue(set, way, value);
  }

  /** Two owners are hardly ever taken for one. */
  private static short shortOf(long owner) {
    return owner == KeyTable.NOBODY || (short) owner != KeyTable.NOBODY ? (short) owner : 1;
  }

  /** Whether a key may have taken of what is missing of the set's rest. */
  boolean owesRest(int set, long key, Allowance allowance, long ticks) {
    long marks = marks(key);
    return (restMarks(set) & marks) == marks && !allowance.isWhole(value(set, REST), ticks);
  }

  /** Takes units for a key that has no way. */
  void takeFromRest(int set, long key, Allowance allowance, long ticks, long units) {
    markRest(set, marks(key), allowance, ticks);
    setValue(set, REST, allowance.after(value(set, REST), ticks, units));
  }

  /**
   * The way by which a key took, {@link #REST} for that of all who share; -1 if it owes nothing.
   */
  int debtor(int set, long key, Allowance allowance, long ticks) {
    int own = wayOf(set, key);
    if (own >= 0 && isOwing(set, own, allowance, ticks)) {
      return own;
    }
    return owesRest(set, key, allowance, ticks) ? REST : -1;
  }

  /** Takes back, by the way by which it was taken; returns whether the allowance permits it. */
  boolean back(int set, int way, Allowance allowance, long ticks, long units) {
    long before = value(set, way);
    long after = allowance.back(before, ticks, units);
    setValue(set, way, after);
    return after != before;
  }

  /**
   * Adds to what those took who have no way.
   *
   * @param marks of them
   */
  void addToRest(int set, long value, long marks, Allowance allowance, long ticks) {
    markRest(set, marks, allowance, ticks);
    setValue(set, REST, allowance.together(value(set, REST), value, ticks));
  }

  private void markRest(int set, long marks, Allowance allowance, long ticks) {
    boolean anew = allowance.isWhole(value(set, REST), ticks);
    beside[set * BESIDE + MARKS] = anew ? marks : restMarks(set) | marks;
  }

  /** Of those who took of the set's rest, as long as that is not whole. */
  long restMarks(int set) {
    return beside[set * BESIDE + MARKS];
  }

  /** By which a key is known among those who took of a rest: other bits than choose its set. */
  static long marks(long key) {
    return 1L << key | 1L << (key >>> 6) | 1L << (key >>> 12) | 1L << (key >>> 18);
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
