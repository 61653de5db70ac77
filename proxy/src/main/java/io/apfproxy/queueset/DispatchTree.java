package io.apfproxy.queueset;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the queue to dispatch from: the least virtual finish, the next one in the round on a tie.
 */
class DispatchTree {
  /*
   * A tournament tree: one leaf per queue index, a parent holds the lesser of its two children, an
   * empty queue counts as the largest value. A change costs one path to the root; the winner costs
   * one climb and one descent. The leaves lie in pages of at most 1,024 with a tree over the pages,
   * and a page is made when first used, so that ten million idle queues cost next to nothing.
   * Each tree is a flat array: root at 1, children of i at 2i and 2i + 1, leaves in the last half.
   * Values are stored with the sign bit flipped: unsigned order becomes signed order.
   */
  private static final int MAX_PAGE_BITS = 10;
  private static final long EMPTY = Long.MAX_VALUE;
  private static final int NONE = -1;

  private int pageBits;
  private int pageCount;
  private long @Nullable [] top;

  /** A page is null until used. */
  private long[][] pages = new long[0][];

  /** Makes room for so many queues; all count as empty afterwards. */
  final void reset(int queues) {
    int bits = Math.min(MAX_PAGE_BITS, bitsFor(queues));
    int count = 1 << bitsFor((Math.max(queues, 1) + (1 << bits) - 1) >>> bits);
    if (bits != pageBits || count != pageCount) {
      pageBits = bits;
      pageCount = count;
      top = null;
      pages = new long[0][];
      return;
    }
    if (top != null) {
      Arrays.fill(top, EMPTY);
    }
    for (long[] page : pages) {
      if (page != null) {
        Arrays.fill(page, EMPTY);
      }
    }
  }

  /** Sets the virtual finish of a queue's head, unsigned; the largest value is as good as empty. */
  final void set(int index, long virtualFinish) {
    change(index, virtualFinish ^ Long.MIN_VALUE);
  }

  /** The queue has nothing waiting. */
  final void clear(int index) {
    change(index, EMPTY);
  }

  /**
   * @param from index from which the round goes on, less than the number of queues
   * @return the index of the winner, -1 if all are empty
   */
  final int first(int from) {
    long[] root = top;
    if (root == null) {
      return NONE;
    }
    long least = read(root, 1);
    if (least == EMPTY) {
      return NONE;
    }
    int page = from >>> pageBits;
    long[] own = pages[page];
    int slot = own == null ? NONE : firstAt(own, from & (own.length / 2 - 1), least);
    if (slot == NONE) {
      page = page + 1 < pageCount ? firstAt(root, page + 1, least) : NONE;
      if (page == NONE) {
        page = descend(root, 1, least);
      }
      slot = descend(page(page), 1, least);
    }
    return (page << pageBits) + slot;
  }

  /** Every node is read here: tests count the calls. */
  long read(long[] tree, int node) {
    return tree[node];
  }

  private void change(int index, long value) {
    long[] root = top;
    if (root == null) {
      if (value == EMPTY) {
        return;
      }
      root = empty(pageCount);
      top = root;
      pages = new long[pageCount][];
    }
    int number = index >>> pageBits;
    long[] page = page(number);
    if (update(page, index & (page.length / 2 - 1), value)) {
      update(root, number, read(page, 1));
    }
  }

  /** Changes a leaf and what follows from it; tells whether the root changed. */
  private boolean update(long[] tree, int leaf, long value) {
    int node = tree.length / 2 + leaf;
    long up = value;
    while (true) {
      if (read(tree, node) == up) {
        return false;
      }
      tree[node] = up;
      if (node == 1) {
        return true;
      }
      up = Math.min(up, read(tree, node ^ 1));
      node >>>= 1;
    }
  }

  /** The first leaf at or after the given one that holds the value, or NONE. */
  private int firstAt(long[] tree, int leaf, long value) {
    int node = tree.length / 2 + leaf;
    if (read(tree, node) == value) {
      return leaf;
    }
    for (; node > 1; node >>>= 1) {
      if ((node & 1) == 0 && read(tree, node + 1) == value) {
        return descend(tree, node + 1, value);
      }
    }
    return NONE;
  }

  /** The first leaf below a node that holds the value, which some leaf there does. */
  private int descend(long[] tree, int from, long value) {
    int node = from;
    while (node < tree.length / 2) {
      node = 2 * node;
      if (read(tree, node) != value) {
        node++;
      }
    }
    return node - tree.length / 2;
  }

  private long[] page(int number) {
    long[] page = pages[number];
    if (page == null) {
      page = empty(1 << pageBits);
      pages[number] = page;
    }
    return page;
  }

  private static long[] empty(int leaves) {
    long[] tree = new long[2 * leaves];
    Arrays.fill(tree, EMPTY);
    return tree;
  }

  /** The least b with 2^b at least n. */
  private static int bitsFor(int n) {
    return n <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(n - 1);
  }
}
