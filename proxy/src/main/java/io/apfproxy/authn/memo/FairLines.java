package io.apfproxy.authn.memo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Things that wait, each in the line of whom it is for; the lines are served in turn. When there is
 * no more room, the longest line gives up its last. Not thread-safe.
 */
final class FairLines<E> {
  private final int most;
  private final long mostBytes;
  private final Map<Object, Line<E>> lines = new LinkedHashMap<>();
  private final TreeSet<Line<E>> bySize =
      new TreeSet<>(
          Comparator.<Line<E>>comparingLong(line -> line.bytes).thenComparing(line -> line.number));
  private long nextNumber;
  private int size;
  private long bytes;

  private record Entry<E>(E what, int bytes) {}

  private static final class Line<E> {
    private final Object owner;
    private final long number;
    private final ArrayDeque<Entry<E>> entries = new ArrayDeque<>();
    private long bytes;

    Line(Object owner, long number) {
      this.owner = owner;
      this.number = number;
    }
  }

  FairLines(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  /**
   * @param entryBytes what it takes, 1 or more; the longest line is the one with most of them
   * @return what had to leave, perhaps this one
   */
  List<E> add(Object owner, E what, int entryBytes) {
    Line<E> line = lines.computeIfAbsent(owner, first -> new Line<>(first, nextNumber++));
    bySize.remove(line);
    line.entries.addLast(new Entry<>(what, entryBytes));
    count(line, 1, entryBytes);
    bySize.add(line);
    List<E> out = new ArrayList<>();
    while (size > most || bytes > mostBytes) {
      Line<E> longest = bySize.last();
      out.add(take(longest, longest.entries.pollLast()));
    }
    return out;
  }

  /** The oldest of the next line whose owner may have its turn; null if there is none. */
  @Nullable E poll(Predicate<Object> mayHaveItsTurn) {
    Iterator<Line<E>> turn = lines.values().iterator();
    while (turn.hasNext()) {
      Line<E> line = turn.next();
      if (mayHaveItsTurn.test(line.owner)) {
        turn.remove();
        lines.put(line.owner, line); // the others come first now
        return take(line, line.entries.pollFirst());
      }
    }
    return null;
  }

  private E take(Line<E> line, @Nullable Entry<E> entry) {
    if (entry == null) {
      throw new IllegalStateException("a line without entries");
    }
    bySize.remove(line);
    count(line, -1, -entry.bytes());
    if (line.entries.isEmpty()) {
      lines.remove(line.owner);
    } else {
      bySize.add(line);
    }
    return entry.what();
  }

  private void count(Line<E> line, int number, int entryBytes) {
    line.bytes += entryBytes;
    bytes += entryBytes;
    size += number;
  }
}
