package io.apfproxy.server.log;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Entries between the threads that tell of them and the one that takes them, in the order they
 * came. Nobody waits for anybody: what finds no room is refused. Thread-safe.
 */
final class EntryQueue<E> {
  /*
   * Not one of Java's: those that are bounded have a lock, and an event loop would wait for whoever
   * holds it, for milliseconds where that one has just lost its processor. Who adds draws a number,
   * and fills the slot of that number; who takes finds nothing before the next number's is filled.
   * Numbers and whether more are given out are one word: each entry came before the end, or is
   * refused. JCTools has such a queue, but none that ends.
   */
  private static final long CLOSED = Long.MIN_VALUE;

  private final int most;
  private final int mask;
  private final AtomicReferenceArray<@Nullable E> slots;
  private final AtomicLong added = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param most entries at a time, 1 or more
   */
  EntryQueue(int most) {
    this.most = most;
    int size = Integer.highestOneBit(most) << 1; // more than that, and a power of two
    this.mask = size - 1;
    this.slots = new AtomicReferenceArray<>(size);
  }

  /**
   * Any thread.
   *
   * @return whether there was room, and it is not closed
   */
  boolean add(E entry) {
    while (true) {
      long number = added.get();
      if (isClosed(number) || number - taken.get() >= most) {
        return false;
      }
      if (added.compareAndSet(number, number + 1)) {
        slots.set(slot(number), entry);
        return true;
      }
    }
  }

  /** Takes no more; those that are in stay. Any thread; harmless when repeated. */
  void close() {
    added.accumulateAndGet(CLOSED, (number, closed) -> number | closed);
  }

  boolean isClosed() {
    return isClosed(added.get());
  }

  private static boolean isClosed(long number) {
    return number < 0;
  }

  /** Moves the oldest ones to a list, as many as there are. Always by the same thread. */
  void take(List<E> into, int atMost) {
    long next = taken.get();
    for (int i = 0; i < atMost; i++) {
      int slot = slot(next);
      E entry = slots.get(slot);
      if (entry == null) {
        return;
      }
      into.add(entry);
      slots.lazySet(slot, null);
      taken.set(++next); // whoever draws this slot's next number comes after the null
    }
  }

  /** Any thread; once it is closed, no fewer than are still to be taken. */
  int size() {
    return (int) Math.max(0, (added.get() & ~CLOSED) - taken.get());
  }

  private int slot(long number) {
    return (int) number & mask;
  }
}
