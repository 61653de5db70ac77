package io.apfproxy.work;

import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Picks list responses to learn object statistics from. Thread-safe, bounded. */
public final class ListLearning {
  /*
   * One response per resource and INTERVAL is metered, and one more of a single namespace, so the cost of reading along does not
   * grow with the load.
   *   Count. A complete list of the whole cluster (items + remainingItemCount, no selector, no continue) is the count. Any other
   *     list proves only that so many exist: it raises the count, never lowers it. So a resource that is listed by namespace only
   *     is counted as its largest namespace.
   *   Size. Body bytes per item, decompressed. Built-in objects are stored as protobuf, about 3/5 of their JSON; objects of custom
   *     resources (group with a dot, not under k8s.io) are stored as JSON. Tables and metadata lists show no objects: their bytes
   *     count only until something better is known.
   */
  static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int LONGEST_NAMES = 3 * 253; // as long as real ones can be
  private static final int MOST_LISTS = 2 * ObjectStatistics.MOST_RESOURCES;

  private final Generations<String, Long> lastMetered = new Generations<>(MOST_LISTS);
  private final ObjectStatistics statistics;
  private final @Nullable ListCosts costs;
  private final TimeSource time;

  /**
   * @param costs learns what each way to ask for a list costs; null if nobody wants to know
   */
  public ListLearning(ObjectStatistics statistics, @Nullable ListCosts costs, TimeSource time) {
    this.statistics = statistics;
    this.costs = costs;
    this.time = time;
  }

  /**
   * Asked for every response head.
   *
   * @param contentType value of the header, empty if absent
   * @param contentEncoding value of the header, empty if absent
   * @return null if nothing is to be learned from this response
   */
  public @Nullable ListMeter meter(
      RequestDigest digest, int status, String contentType, String contentEncoding) {
    RequestInfo info = digest.info();
    boolean listed = info.resourceRequest() && info.verb().equals("list");
    if (!listed || status != 200 || !info.subresource().isEmpty() || isLong(info)) {
      return null;
    }
    MediaFormat format = MediaFormat.of(contentType, contentEncoding);
    if (format == MediaFormat.UNREADABLE) {
      return null;
    }
    ListCosts.Way weighed = weighed(digest);
    if (!isDue(info) && weighed == null) {
      return null;
    }
    boolean json = format == MediaFormat.JSON;
    boolean storedSmaller = json && isBuiltIn(info.apiGroup());
    return new ListMeter(
        json ? new JsonItems() : new ProtobufItems(),
        MediaFormat.isGzip(contentEncoding),
        (list, bytes) -> {
          long stored = storedSmaller ? bytes / 5 * 3 : bytes;
          learn(digest, list, stored);
          if (costs != null && weighed != null) {
            costs.learn(weighed, stored);
          }
        });
  }

  /** Null if this answer is not to be weighed. */
  private ListCosts.@Nullable Way weighed(RequestDigest digest) {
    if (costs == null) {
      return null;
    }
    ListCosts.Way way = costs.way(digest.info(), ListQuery.of(digest.query()), false);
    return costs.isDue(way) ? way : null;
  }

  private boolean isDue(RequestInfo info) {
    String key = ObjectStatistics.key(info);
    if (!info.namespace().isEmpty()) {
      key += '/';
    }
    long now = time.nanoTime();
    Long last = lastMetered.get(key);
    if (last != null) {
      return now - last >= INTERVAL.toNanos() && lastMetered.replace(key, last, now);
    }
    return lastMetered.putIfAbsent(key, now);
  }

  /** A server lists a namespace of any name, there are just no objects: it is not remembered. */
  private static boolean isLong(RequestInfo info) {
    return info.apiGroup().length() + info.resource().length() + info.namespace().length()
        > LONGEST_NAMES;
  }

  private static boolean isBuiltIn(String apiGroup) {
    return apiGroup.indexOf('.') < 0 || apiGroup.endsWith(".k8s.io");
  }

  private void learn(RequestDigest digest, ListItems list, long bytes) {
    RequestInfo info = digest.info();
    ListQuery query = ListQuery.of(digest.query());
    boolean all =
        info.namespace().isEmpty()
            && info.name().isEmpty()
            && !query.selective()
            && !query.continued()
            && (list.remaining() >= 0 || query.limit() != list.items());
    statistics.learn(
        ObjectStatistics.key(info),
        list.items() + Math.max(0, list.remaining()),
        all,
        list.items() == 0 ? 0 : bytes / list.items(),
        list.wholeObjects());
  }
}
