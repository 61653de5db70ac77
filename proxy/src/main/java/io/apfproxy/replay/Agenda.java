package io.apfproxy.replay;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is to happen, by instant, turn, and the order in which it was put down. Not thread-safe. */
final class Agenda {
  /*
   * With 65,000 nodes it holds some hundred thousand entries, and each request passes it three times: it
   * is where a run spends its time. So the heap has four children to a node, holds numbers only (instant
   * and order side by side, to be read together), and the events lie still beside it, by the number of
   * their slot.
   */
  private static final int FIRST = 1024;
  private static final int ORDER_BITS = 60;
  private static final int CHILDREN = 4;

  private long[] keys = new long[2 * FIRST]; // instant, then turn above the number of the entry
  private int[] slots = new int[FIRST];
  private @Nullable Event[] events = new Event[FIRST];
  private int[] free = new int[FIRST];
  private int freeSlots;
  private int usedSlots;
  private int size;
  private long put;

  /** Puts something down. */
  void add(long nanos, Turn turn, Event event) {
    if (size == slots.length) {
      grow();
    }
    int slot = freeSlots > 0 ? free[--freeSlots] : usedSlots++;
    events[slot] = event;
    long order = ((long) turn.rank() << ORDER_BITS) | put++;
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) / CHILDREN;
      if (!isBefore(nanos, order, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    set(at, nanos, order, slot);
  }

  private void grow() {
    keys = Arrays.copyOf(keys, 4 * size);
    slots = Arrays.copyOf(slots, 2 * size);
    events = Arrays.copyOf(events, 2 * size);
    free = Arrays.copyOf(free, 2 * size);
  }

  private boolean isBefore(long nanos, long order, int other) {
    long instant = keys[2 * other];
    return nanos < instant || (nanos == instant && order < keys[2 * other + 1]);
  }

  private void move(int from, int to) {
    set(to, keys[2 * from], keys[2 * from + 1], slots[from]);
  }

  private void set(int at, long nanos, long order, int slot) {
    keys[2 * at] = nanos;
    keys[2 * at + 1] = order;
    slots[at] = slot;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** When the next thing happens. Not to be asked of an empty one. */
  long nextInstant() {
    return keys[0];
  }

  Turn nextTurn() {
    return Turn.ofRank((int) (keys[1] >>> ORDER_BITS));
  }

  /** Takes the next thing out. */
  Event take() {
    int slot = slots[0];
    Event first = Objects.requireNonNull(events[slot]);
    events[slot] = null;
    free[freeSlots++] = slot;
    size--;
    sink(keys[2 * size], keys[2 * size + 1], slots[size]);
    return first;
  }

  /** Puts what was last into the first place, and from there to where it belongs. */
  private void sink(long nanos, long order, int slot) {
    int at = 0;
    for (int child = 1; child < size; child = CHILDREN * at + 1) {
      int least = child;
      int end = Math.min(size, child + CHILDREN);
      for (int other = child + 1; other < end; other++) {
        if (isBefore(keys[2 * other], keys[2 * other + 1], least)) {
          least = other;
        }
      }
      if (isBefore(nanos, order, least)) {
        break;
      }
      move(least, at);
      at = least;
    }
    set(at, nanos, order, slot);
  }
}
