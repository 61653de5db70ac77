package io.apfproxy.replay.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The entries of several cursors, each of which is in order, in order. Not thread-safe. */
final class MergedCursor implements Cursor {
  private final List<Head> heads = new ArrayList<>();
  private final PriorityQueue<Head> queue =
      new PriorityQueue<>(
          Comparator.<Head>comparingLong(head -> head.entry.arrival)
              .thenComparingLong(head -> head.entry.finer)
              .thenComparingInt(head -> head.number));

  private static final class Head {
    private final Cursor cursor;
    private final int number;
    private final Entry entry = new Entry();

    Head(Cursor cursor, int number) {
      this.cursor = cursor;
      this.number = number;
    }
  }

  /**
   * @param cursors of which those before win where keys are equal
   */
  MergedCursor(List<Cursor> cursors) throws IOException {
    for (Cursor cursor : cursors) {
      Head head = new Head(cursor, heads.size());
      heads.add(head);
      advance(head);
    }
  }

  private void advance(Head head) throws IOException {
    if (head.cursor.read(head.entry)) {
      queue.add(head);
    }
  }

  @Override
  public boolean read(Entry entry) throws IOException {
    Head head = queue.poll();
    if (head == null) {
      return false;
    }
    entry.set(head.entry);
    advance(head);
    return true;
  }

  @Override
  public void close() throws IOException {
    for (Head head : heads) {
      head.cursor.close();
    }
  }
}
