package io.apfproxy.report.talkers;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What sketches say: keys with their counts, by how much each may be too high, and the most that a
 * key can have which is not among them. Immutable.
 *
 * <p>Source: mergeable summaries (Agarwal et al. 2012, Cafaro et al. 2016); specification seeing.md
 * V-13.
 */
public final class Summary<K> {
  /*
   * Several are merged at a time: a key has the sum of what each of them says of it, which of one
   * that does not know it is the most it can have there. The k largest stay, and the largest that is
   * dropped is the most that any other can have. Bounds hold as for a single sketch. In each summary
   * the counts of any j keys and (k - j) times the most that others can have are at most its total;
   * so k + 1 keys of the merged one have at most its total and the sum of those most, which is
   * (k + 1)/k times the total. The smallest of them, the one dropped, has at most 1/k of it.
   */
  private static final Summary<?> EMPTY =
      new Summary<>(new Object[0], new long[0], new long[0], new long[0][], 0, 0);

  private final K[] keys;
  private final long[] counts;
  private final long[] errors;
  private final long[] @Nullable [] parts;
  private final long total;
  private final long absent;

  /** Keeps the arrays. */
  Summary(
      K[] keys, long[] counts, long[] errors, long[] @Nullable [] parts, long total, long absent) {
    this.keys = keys;
    this.counts = counts;
    this.errors = errors;
    this.parts = parts;
    this.total = total;
    this.absent = absent;
  }

  /** Of nothing. */
  @SuppressWarnings("unchecked") // has no keys
  public static <K> Summary<K> empty() {
    return (Summary<K>) EMPTY;
  }

  private static final class Sum<K> {
    private final K key;
    private long count;
    private long error;
    private long @Nullable [] parts;

    Sum(K key, long most) {
      this.key = key;
      this.count = most;
      this.error = most;
    }

    /** In the place of the most that it could have had there. */
    void add(long instead, long more, long tooHigh, long @Nullable [] by) {
      count += more - instead;
      error += tooHigh - instead;
      if (by == null) {
        return;
      }
      if (parts == null) {
        parts = by.clone();
        return;
      }
      for (int i = 0; i < by.length; i++) {
        parts[i] += by[i];
      }
    }
  }

  /**
   * What all of them say together.
   *
   * @param capacity keys that stay, at least as many as each of them may have
   */
  public static <K> Summary<K> merge(int capacity, List<Summary<K>> all) {
    long total = 0;
    long most = 0;
    Summary<K> only = empty();
    int some = 0;
    for (Summary<K> each : all) {
      total += each.total;
      most += each.absent;
      if (each.size() > 0) {
        only = each;
        some++;
      }
    }
    if (some < 2) {
      return only; // those without keys have nothing
    }
    Map<K, Sum<K>> sums = new HashMap<>();
    for (Summary<K> each : all) {
      for (int i = 0; i < each.keys.length; i++) {
        Sum<K> sum = sums.get(each.keys[i]);
        if (sum == null) {
          sum = new Sum<>(each.keys[i], most);
          sums.put(sum.key, sum);
        }
        sum.add(each.absent, each.counts[i], each.errors[i], each.parts[i]);
      }
    }
    return largest(capacity, List.copyOf(sums.values()), total, most);
  }

  private static <K> Summary<K> largest(
      int capacity, List<Sum<K>> sums, long total, long mostBefore) {
    long most = mostBefore;
    List<Sum<K>> kept = sums;
    if (sums.size() > capacity) {
      kept = sums.stream().sorted((a, b) -> Long.compare(b.count, a.count)).toList();
      most = kept.get(capacity).count;
      kept = kept.subList(0, capacity);
    }
    int size = kept.size();
    @SuppressWarnings("unchecked") // is read as what was put in
    K[] keys = (K[]) new Object[size];
    long[] counts = new long[size];
    long[] errors = new long[size];
    long[][] parts = new long[size][];
    for (int i = 0; i < size; i++) {
      Sum<K> sum = kept.get(i);
      keys[i] = sum.key;
      counts[i] = sum.count;
      errors[i] = sum.error;
      parts[i] = sum.parts;
    }
    return new Summary<>(keys, counts, errors, parts, total, most);
  }

  /** Keys it knows. */
  public int size() {
    return keys.length;
  }

  public K key(int index) {
    return keys[index];
  }

  /** What this key has at least. */
  public long value(int index) {
    return counts[index] - errors[index];
  }

  /** How much more it may have. */
  public long error(int index) {
    return errors[index];
  }

  /** What it has at least of one part; it may have {@link #error} more. */
  public long part(int index, int part) {
    long[] by = parts[index];
    return by == null ? 0 : by[part];
  }

  /** Sum of all weights, exact. */
  public long total() {
    return total;
  }

  /** The most that a key can have which it does not know. */
  public long absent() {
    return absent;
  }

  @Override
  public String toString() {
    return Arrays.toString(keys) + Arrays.toString(counts) + " -" + Arrays.toString(errors);
  }
}
