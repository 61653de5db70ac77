package io.apfproxy.report.refusals;

import io.apfproxy.report.Reporter;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.KeyTable;
import io.apfproxy.time.Pace;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The last refusals of the proxy, with what led to each. Give {@link #reporter} to the data path;
 * all else is for any thread. Source: specification seeing.md V-28.
 */
public final class RefusalBook {
  /*
   * A ring: who comes last takes the place of the oldest. Whoever floods must not push everybody
   * else out, so of one rule, level and user only so many a second are written down; of those that
   * nobody knows the address stands for the user. Beyond that only a counter moves. A place knows which
   * number it holds: who takes one and is slow to fill it neither writes over a later one, nor is an
   * earlier one taken for his.
   */
  /** Refusals that there is room for. */
  public static final int PLACES = 4096;

  /** Of one rule, level and user that are remembered in a second, and at once. */
  public static final int PER_SECOND = 20;

  private static final int KEYS = 4096;

  private final TimeSource time;
  private final AtomicReferenceArray<@Nullable Entry> places = new AtomicReferenceArray<>(PLACES);
  private final AtomicLong written = new AtomicLong();
  private final LongAdder total = new LongAdder();
  private final KeyTable kinds;

  /**
   * What is in a place.
   *
   * @param number of those that were written down before it
   */
  private record Entry(long number, Refused one) {
    Entry laterOf(@Nullable Entry other) {
      return other == null || other.number < number ? this : other;
    }
  }

  public RefusalBook(TimeSource time) {
    this.time = time;
    this.kinds = new KeyTable(KEYS, Pace.perSecond(PER_SECOND, PER_SECOND), time.nanoTime());
  }

  /** What is told of refusals; each event loop has a part of its own. */
  public Reporter reporter() {
    return new RefusalNotes(this, time);
  }

  /**
   * One more was refused.
   *
   * @param kind hash of its rule, level and user
   * @return whether it is to be written down
   */
  boolean counts(KeyHash kind, long now) {
    total.increment();
    return kinds.take(kind.end(), now, 1, 0) >= 0;
  }

  void write(Refused one) {
    Entry entry = new Entry(written.getAndIncrement(), one);
    places.updateAndGet((int) (entry.number % PLACES), entry::laterOf);
  }

  /** Refusals since the start, and what would have been one. */
  public long total() {
    return total.sum();
  }

  /** Refusals that can be told of now. */
  public int remembered() {
    return (int) Math.min(written.get(), PLACES);
  }

  /** Refusals that had to make room for later ones. */
  public long pushedOut() {
    return Math.max(0, written.get() - PLACES);
  }

  /** Refusals that were never written down, as too many of a kind came in a second. */
  public long leftOut() {
    return Math.max(0, total.sum() - written.get());
  }

  /** Kinds that were refused just now, each a rule, level and user. Looks at all of them. */
  public int kinds() {
    return kinds.read(time.nanoTime()).keys();
  }

  /** Kinds for which there may be room. */
  public int mostKinds() {
    return kinds.most();
  }

  /** How often a kind had to share what may be written down, for want of room. */
  public long kindOverflows() {
    return kinds.overflows();
  }

  /** Looks refusals up; what is refused meanwhile may be among them. */
  public RefusalAnswer find(RefusalQuestion question) {
    long end = written.get();
    long first = Math.max(0, end - PLACES);
    List<Refused> rows = new ArrayList<>();
    long since = 0;
    for (long i = end - 1; i >= first; i--) {
      Entry entry = places.get((int) (i % PLACES));
      if (entry == null || entry.number != i) {
        continue; // its place is taken and it is not written yet, or a later one's by now
      }
      Refused one = entry.one;
      since = one.epochMillis();
      if (rows.size() < question.limit() && question.concerns(one)) {
        rows.add(one);
      }
    }
    return new RefusalAnswer(PLACES, (int) (end - first), total(), since, rows);
  }

  /**
   * What was written down since another look; of what is more than there is room for, the last.
   *
   * @param position {@link RefusalNews#next} of that look; 0 for the first
   */
  public RefusalNews since(long position) {
    long end = written.get();
    long next = Math.max(position, end - PLACES);
    List<Refused> rows = new ArrayList<>();
    for (; next < end; next++) {
      Entry entry = places.get((int) (next % PLACES));
      if (entry == null || entry.number < next) {
        break; // its place is taken and it is not written yet: the next look finds it
      }
      if (entry.number == next) {
        rows.add(entry.one);
      }
    }
    Collections.reverse(rows);
    return new RefusalNews(next, next - position - rows.size(), rows);
  }
}
