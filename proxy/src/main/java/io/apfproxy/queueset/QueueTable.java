package io.apfproxy.queueset;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The queues of a set by index. A queue is made when it is first used, in pages likewise. */
class QueueTable {
  private static final int PAGE_BITS = 10;
  private static final int PAGE = 1 << PAGE_BITS;

  /** Neither every page nor every place in one is filled: null until used. */
  private FlowQueue[][] pages = new FlowQueue[0][];

  private int size;

  /** Queues, made or not. */
  final int size() {
    return size;
  }

  /** Appends queues; never takes any away. */
  final void growTo(int newSize) {
    if (newSize > size) {
      size = newSize;
      pages = Arrays.copyOf(pages, pageOf(newSize - 1) + 1);
    }
  }

  /** The queue, or null if it was not used yet. */
  @Nullable FlowQueue peek(int index) {
    FlowQueue[] page = pages[pageOf(index)];
    return page == null ? null : page[slotOf(index)];
  }

  /** The queue, made if need be. */
  final FlowQueue get(int index) {
    FlowQueue queue = peek(index);
    if (queue == null) {
      queue = new FlowQueue(index);
      page(pageOf(index))[slotOf(index)] = queue;
    }
    return queue;
  }

  /** Takes a queue out; those after it move down by one. */
  final void remove(FlowQueue queue) {
    int slot = slotOf(queue.index);
    for (int p = pageOf(queue.index); p < pages.length; p++, slot = 0) {
      FlowQueue[] following = p + 1 < pages.length ? pages[p + 1] : null;
      FlowQueue carried = following == null ? null : following[0];
      if (pages[p] != null || carried != null) {
        FlowQueue[] page = page(p);
        System.arraycopy(page, slot + 1, page, slot, PAGE - 1 - slot);
        page[PAGE - 1] = carried;
        for (int s = slot; s < PAGE; s++) {
          FlowQueue moved = page[s];
          if (moved != null) {
            moved.index = (p << PAGE_BITS) + s;
          }
        }
      }
    }
    size--;
  }

  /** The first queue from this index on that was ever used; null if there is none. */
  final @Nullable FlowQueue nextMade(int from) {
    int slot = slotOf(from);
    for (int p = pageOf(from); p < pages.length; p++, slot = 0) {
      FlowQueue[] page = pages[p];
      int slots = page == null ? 0 : Math.min(PAGE, size - (p << PAGE_BITS));
      for (int s = slot; s < slots; s++) {
        if (page[s] != null) {
          return page[s];
        }
      }
    }
    return null;
  }

  /** Visits the queues that were ever used, by rising index. */
  final void forEachMade(Consumer<FlowQueue> visitor) {
    for (int p = 0; p < pages.length; p++) {
      FlowQueue[] page = pages[p];
      int slots = page == null ? 0 : Math.min(PAGE, size - (p << PAGE_BITS));
      for (int s = 0; s < slots; s++) {
        FlowQueue queue = page[s];
        if (queue != null) {
          visitor.accept(queue);
        }
      }
    }
  }

  private FlowQueue[] page(int number) {
    FlowQueue[] page = pages[number];
    if (page == null) {
      page = new FlowQueue[PAGE];
      pages[number] = page;
    }
    return page;
  }

  private static int pageOf(int index) {
    return index >>> PAGE_BITS;
  }

  private static int slotOf(int index) {
    return index & (PAGE - 1);
  }
}
