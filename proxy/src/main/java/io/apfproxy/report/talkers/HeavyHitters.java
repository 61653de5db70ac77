package io.apfproxy.report.talkers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The heaviest keys of a stream of weights, in a fixed number of counters. What it says of a key is
 * a count and the most that this count is too high by; a key it does not know has at most {@link
 * #absent}. Both are at most the sum of all weights divided by the number of counters. Not
 * thread-safe.
 *
 * <p>Source: weighted Space-Saving (Metwally et al. 2005); specification seeing.md V-13.
 *
 * @param <K> equal keys are one
 */
public final class HeavyHitters<K> {
  /*
   * A key that comes when all counters are taken gets the smallest of them, with what was counted
   * there as its error. So the smallest must be found at once: counters are the slots of parallel
   * arrays, a min-heap of slots knows where each slot stands in it, and a table with linear probing
   * finds the slot of a key. Arrays grow with what comes, as most sketches stay nearly empty.
   */
  private static final int FIRST_SLOTS = 8;

  private final int capacity;
  private int size;
  private long total;
  private @Nullable Object[] keys = new Object[0];
  private int[] hashes = new int[0];
  private long[] counts = new long[0];
  private long[] errors = new long[0];
  private long[] @Nullable [] parts = new long[0][];
  private int[] heap = new int[0]; // slots, the smallest count first
  private int[] places = new int[0]; // of each slot in the heap
  private int[] table = new int[0]; // slot + 1, or 0

  /**
   * @param capacity counters, from 1
   */
  public HeavyHitters(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is " + capacity + ", must be at least 1");
    }
    this.capacity = capacity;
  }

  /** Adds a weight to a key; one of 0 changes nothing. */
  public void add(K key, long weight) {
    if (weight > 0) {
      slotAfter(key, weight);
    }
  }

  /**
   * Adds a weight to a key, each part of which is counted for itself too.
   *
   * @param weights by part, none negative; there are ever the same parts
   */
  public void add(K key, long[] weights) {
    long weight = Arrays.stream(weights).sum();
    if (weight == 0) {
      return;
    }
    int slot = slotAfter(key, weight);
    long[] sums = parts[slot];
    if (sums == null) {
      parts[slot] = weights.clone();
    } else {
      for (int i = 0; i < weights.length; i++) {
        sums[i] += weights[i];
      }
    }
  }

  private int slotAfter(K key, long weight) {
    total += weight;
    int hash = spread(key.hashCode());
    int slot = find(key, hash);
    if (slot >= 0) {
      counts[slot] += weight;
      sink(places[slot]);
      return slot;
    }
    return size < capacity ? take(key, hash, weight) : takeOver(key, hash, weight);
  }

  private int take(K key, int hash, long weight) {
    if (size == counts.length) {
      grow();
    }
    int slot = size++;
    set(slot, key, hash, weight, 0);
    heap[slot] = slot;
    places[slot] = slot;
    rise(slot);
    return slot;
  }

  private int takeOver(K key, int hash, long weight) {
    int slot = heap[0];
    forget(slot);
    long least = counts[slot];
    set(slot, key, hash, least + weight, least);
    sink(0);
    return slot;
  }

  private void set(int slot, K key, int hash, long count, long error) {
    keys[slot] = key;
    hashes[slot] = hash;
    counts[slot] = count;
    errors[slot] = error;
    parts[slot] = null;
    remember(slot);
  }

  private void grow() {
    int slots = Math.min(capacity, Math.max(FIRST_SLOTS, 2 * size));
    keys = Arrays.copyOf(keys, slots);
    hashes = Arrays.copyOf(hashes, slots);
    counts = Arrays.copyOf(counts, slots);
    errors = Arrays.copyOf(errors, slots);
    parts = Arrays.copyOf(parts, slots);
    heap = Arrays.copyOf(heap, slots);
    places = Arrays.copyOf(places, slots);
    table = new int[Integer.highestOneBit(2 * slots - 1) << 1];
    for (int slot = 0; slot < size; slot++) {
      remember(slot);
    }
  }

  private static int spread(int hash) {
    return (hash * 0x9E3779B1) ^ (hash >>> 16);
  }

  private int home(int hash) {
    return (hash ^ (hash >>> 15)) & (table.length - 1);
  }

  private int next(int at) {
    return (at + 1) & (table.length - 1);
  }

  /** The key's slot; -1 if it has none. */
  private int find(K key, int hash) {
    if (size == 0) {
      return -1;
    }
    for (int at = home(hash); table[at] != 0; at = next(at)) {
      int slot = table[at] - 1;
      if (hashes[slot] == hash && key.equals(keys[slot])) {
        return slot;
      }
    }
    return -1;
  }

  private int distance(int from, int to) {
    return (to - from) & (table.length - 1);
  }

  private void remember(int slot) {
    int at = home(hashes[slot]);
    while (table[at] != 0) {
      at = next(at);
    }
    table[at] = slot + 1;
  }

  /** Takes a slot out of the table; whatever was put behind for want of its place moves up. */
  private void forget(int slot) {
    int hole = home(hashes[slot]);
    while (table[hole] != slot + 1) {
      hole = next(hole);
    }
    for (int at = next(hole); table[at] != 0; at = next(at)) {
      int home = home(hashes[table[at] - 1]);
      if (distance(home, at) >= distance(hole, at)) {
        table[hole] = table[at];
        hole = at;
      }
    }
    table[hole] = 0;
  }

  private void rise(int from) {
    int place = from;
    int slot = heap[place];
    while (place > 0 && counts[heap[parent(place)]] > counts[slot]) {
      put(heap[parent(place)], place);
      place = parent(place);
    }
    put(slot, place);
  }

  private static int parent(int place) {
    return (place - 1) / 2;
  }

  private void sink(int from) {
    int place = from;
    int slot = heap[place];
    for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && counts[heap[child + 1]] < counts[heap[child]]) {
        child++;
      }
      if (counts[heap[child]] >= counts[slot]) {
        break;
      }
      put(heap[child], place);
      place = child;
    }
    put(slot, place);
  }

  private void put(int slot, int place) {
    heap[place] = slot;
    places[slot] = place;
  }

  /** Keys it knows. */
  public int size() {
    return size;
  }

  /** Sum of all weights. */
  public long total() {
    return total;
  }

  /** The most that a key can have which it does not know. */
  public long absent() {
    return size < capacity ? 0 : counts[heap[0]];
  }

  /** What it says now; it may go on afterwards. */
  @SuppressWarnings("unchecked") // what was put in
  public Summary<K> summary() {
    return new Summary<>(
        (K[]) Arrays.copyOf(keys, size),
        Arrays.copyOf(counts, size),
        Arrays.copyOf(errors, size),
        copyOfParts(),
        total,
        absent());
  }

  private long[] @Nullable [] copyOfParts() {
    long[][] copy = Arrays.copyOf(parts, size);
    for (int i = 0; i < size; i++) {
      copy[i] = copy[i] == null ? null : copy[i].clone();
    }
    return copy;
  }
}
