package io.apfproxy.limit;

import io.apfproxy.time.KeyHash;

/**
 * Which limits of a {@link LimitSet} concern a request, and its key in each. Used again by its
 * thread for every request, so that none costs an allocation.
 */
final class Found {
  private static final ThreadLocal<Found> OF_THREAD = ThreadLocal.withInitial(Found::new);

  private final KeyHash hash = new KeyHash();
  private int[] positions = {};
  private long[] keys = {};
  private long[] owners = {};
  private int number;

  private Found() {}

  /** Empty, with room for so many; valid until the next call on this thread. */
  static Found ofThread(int most) {
    Found found = OF_THREAD.get();
    found.number = 0;
    if (found.positions.length < most) {
      found.positions = new int[most];
      found.keys = new long[most];
      found.owners = new long[most];
    }
    return found;
  }

  /** Takes positions that are then kept or not, in ascending order. */
  int[] positions() {
    return positions;
  }

  KeyHash hash() {
    return hash;
  }

  /**
   * Keeps one.
   *
   * @param owner of the key, as of {@link io.apfproxy.time.KeyTable}
   */
  void keep(int position, long key, long owner) {
    positions[number] = position;
    keys[number] = key;
    owners[number] = owner;
    number++;
  }

  int number() {
    return number;
  }

  int position(int i) {
    return positions[i];
  }

  long key(int i) {
    return keys[i];
  }

  long owner(int i) {
    return owners[i];
  }
}
