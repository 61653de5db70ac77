package io.apfproxy.work;

import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes the answers to lists weigh, for each way to ask. Thread-safe, bounded. Source:
 * design product.md, learned list cost; specification security.md S59.
 */
public final class ListCosts implements ListWeights {
  /*
   * Whoever wants wide lists to look narrow must not succeed by asking for narrow ones: what changes the size of an answer is in
   * the key, a heavier answer counts at once, a lighter one by a quarter. Of each way to ask, one answer in INTERVAL is weighed.
   * Limits count by the power of two above them: there are as many as a client likes to think of. What is asked for no more makes
   * room for what is.
   */
  static final Duration INTERVAL = Duration.ofSeconds(10);
  static final int MOST = 10_000;
  private static final Duration LIFE = Duration.ofHours(1);

  private final Generations<Way, Entry> byWay = new Generations<>(MOST);
  private final TimeSource time;
  private final boolean consistentReadsFromCache;

  /**
   * @param consistentReadsFromCache whether the server answers a list without resource version from
   *     its cache
   */
  public ListCosts(TimeSource time, boolean consistentReadsFromCache) {
    this.time = time;
    this.consistentReadsFromCache = consistentReadsFromCache;
  }

  /**
   * One way to ask for a list.
   *
   * @param namespace empty for the whole cluster
   * @param one whether it asks for one object, by its name
   * @param storage whether the server answers from its storage, not from its cache
   * @param limit the power of two at or above the number asked for; 0 if none
   */
  public record Way(
      String apiGroup,
      String resource,
      String namespace,
      boolean one,
      boolean labels,
      boolean fields,
      boolean continued,
      boolean storage,
      long limit) {
    private static Way of(RequestInfo info, ListQuery query, boolean storage) {
      return new Way(
          info.apiGroup(),
          info.resource(),
          info.namespace(),
          !info.name().isEmpty(),
          query.labels(),
          query.fields(),
          query.continued(),
          storage,
          roundedUp(query.limit()));
    }

    private static long roundedUp(long limit) {
      long below = Long.highestOneBit(limit);
      return limit <= 0 ? 0 : below == limit || below == 1L << 62 ? below : below << 1;
    }
  }

  /**
   * @param bytes {@link #UNKNOWN} until an answer was seen to its end
   * @param weighedAt when it was last decided to weigh an answer
   */
  private record Entry(long bytes, long weighedAt) {}

  /** How a list is asked for, or a watch that begins with one. */
  Way way(RequestInfo info, ListQuery query, boolean watch) {
    return Way.of(info, query, !watch && query.fromStorage(consistentReadsFromCache));
  }

  @Override
  public long bytes(RequestInfo info, ListQuery query, boolean watch) {
    return bytes(way(info, query, watch));
  }

  /** Bytes of such an answer; {@link #UNKNOWN} if none was seen within the last hour. */
  long bytes(Way way) {
    Entry entry = byWay.get(way);
    return entry == null || age(entry) > LIFE.toNanos() ? UNKNOWN : entry.bytes;
  }

  /**
   * @param digest of a list
   * @return how it is asked for, if its answer is to be weighed, else null: of each way, one answer
   *     in 10 s is
   */
  public @Nullable Way due(RequestDigest digest) {
    Way way = way(digest.info(), ListQuery.of(digest.query()), false);
    return isDue(way) ? way : null;
  }

  /** Whether the next answer is to be weighed; if so, those of the next 10 s are not. */
  boolean isDue(Way way) {
    Entry entry = byWay.get(way);
    if (entry == null) {
      return byWay.putIfAbsent(way, new Entry(UNKNOWN, time.nanoTime()));
    }
    return age(entry) >= INTERVAL.toNanos()
        && byWay.replace(way, entry, new Entry(entry.bytes, time.nanoTime()));
  }

  /** An answer of so many bytes was seen to its end. */
  public void learn(Way way, long bytes) {
    byWay.update(way, old -> new Entry(weigh(old.bytes, bytes), time.nanoTime()));
  }

  private static long weigh(long old, long bytes) {
    return bytes >= old ? bytes : old - (old - bytes) / 4;
  }

  /** Ways that are remembered. */
  int size() {
    return byWay.size();
  }

  private long age(Entry entry) {
    return time.nanoTime() - entry.weighedAt;
  }
}
