package io.apfproxy.report.talkers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What was counted, by pieces of time: two seconds each, which become pieces of ten and of sixty
 * seconds as they grow old. Not thread-safe. Source: specification seeing.md V-12.
 */
final class TalkerPanes {
  /*
   * Five pieces of two seconds are kept besides the pieces of ten that were made of them, so that
   * the last ten seconds can be told at any time, and six of ten besides those of sixty. What is
   * younger than the last piece of the next size is counted by number: they all begin with the
   * first.
   */
  private static final long PANE = TimeUnit.SECONDS.toNanos(2);
  private static final int TWOS = 5;
  private static final int TENS = 6;
  private static final int SIXTIES = 10;

  /** After a pause of the process nothing that was counted before it is of use. */
  private static final long LONGEST_PAUSE = 340;

  private final int counters;
  private final Deque<Pane.Whole> twos = new ArrayDeque<>(); // the youngest last
  private final Deque<Pane.Whole> tens = new ArrayDeque<>();
  private final Deque<Pane.Whole> sixties = new ArrayDeque<>();
  private int newTwos; // since the last ten
  private int newTens; // since the last sixty
  private Pane current;
  private long end;

  TalkerPanes(int counters, long now) {
    this.counters = counters;
    this.current = new Pane(counters, now);
    this.end = now + PANE;
  }

  /**
   * Ends what is over.
   *
   * @return whether a piece of time has ended
   */
  boolean advance(long now) {
    long over = Math.floorDiv(now - end, PANE) + 1;
    if (over <= 0) {
      return false;
    }
    if (over > LONGEST_PAUSE) {
      forget(now);
      return true;
    }
    for (long i = 0; i < over; i++) {
      add(current.whole(end));
      current = new Pane(counters, end);
      end += PANE;
    }
    return true;
  }

  private void forget(long now) {
    List.of(twos, tens, sixties).forEach(Deque::clear);
    newTwos = 0;
    newTens = 0;
    current = new Pane(counters, now);
    end = now + PANE;
  }

  private void add(Pane.Whole two) {
    push(twos, two, TWOS);
    if (++newTwos < TWOS) {
      return;
    }
    newTwos = 0;
    push(tens, Pane.Whole.merge(counters, List.copyOf(twos)), TENS);
    if (++newTens < TENS) {
      return;
    }
    newTens = 0;
    push(sixties, Pane.Whole.merge(counters, List.copyOf(tens)), SIXTIES);
  }

  private static void push(Deque<Pane.Whole> line, Pane.Whole pane, int most) {
    line.addLast(pane);
    if (line.size() > most) {
      line.removeFirst();
    }
  }

  /** What belongs to the present. */
  Pane current() {
    return current;
  }

  int counters() {
    return counters;
  }

  /**
   * The pieces that a window is made of, the oldest first, as far as there are so many.
   *
   * @return empty in the first seconds
   */
  List<Pane.Whole> panes(Window window) {
    return switch (window) {
      case TEN_SECONDS -> List.copyOf(twos);
      case MINUTE -> join(List.copyOf(tens), youngest(twos, newTwos));
      case TEN_MINUTES -> {
        List<Pane.Whole> young = join(youngest(tens, newTens), youngest(twos, newTwos));
        yield join(List.copyOf(sixties), young);
      }
    };
  }

  private static List<Pane.Whole> youngest(Deque<Pane.Whole> line, int many) {
    return List.copyOf(line).subList(line.size() - many, line.size());
  }

  private static List<Pane.Whole> join(List<Pane.Whole> older, List<Pane.Whole> younger) {
    List<Pane.Whole> all = new ArrayList<>(older);
    all.addAll(younger);
    return all;
  }

  /** Keys in the fullest sketch of a dimension. */
  int fullest(Dimension by) {
    int most = current.fullest(by);
    for (Deque<Pane.Whole> line : List.of(twos, tens, sixties)) {
      for (Pane.Whole pane : line) {
        for (Measure what : Measure.values()) {
          most = Math.max(most, pane.sketch(by, what).size());
        }
      }
    }
    return most;
  }
}
