package io.apfproxy.learn;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.time.TimeSource;
import io.apfproxy.work.ListCosts;
import io.apfproxy.work.ListQuery;
import io.apfproxy.work.ObjectStatistics;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Picks list responses to learn object statistics from. Thread-safe, bounded. */
final class ListLearning {
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
  private static final int MOST_LISTS = 20_000;

  private final Cache<String, Boolean> metered;
  private final ObjectStatistics statistics;
  private final @Nullable ListCosts costs;
  private final Backlog backlog;

  /**
   * @param costs learns what each way to ask for a list costs; null if nobody wants to know
   */
  ListLearning(
      ObjectStatistics statistics, @Nullable ListCosts costs, Backlog backlog, TimeSource time) {
    this.statistics = statistics;
    this.costs = costs;
    this.backlog = backlog;
    this.metered =
        Caffeine.newBuilder()
            .ticker(time::nanoTime)
            .expireAfterWrite(INTERVAL)
            .maximumSize(MOST_LISTS)
            .build();
  }

  /**
   * Asked for every response head.
   *
   * @param contentType value of the header, empty if absent
   * @param contentEncoding value of the header, empty if absent
   * @return null if nothing is to be learned from this response
   */
  @Nullable ListMeter meter(
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
    ListCosts.Way weighed = costs == null ? null : costs.due(digest);
    if (!isDue(info) && weighed == null) {
      return null;
    }
    boolean json = format == MediaFormat.JSON;
    boolean storedSmaller = json && isBuiltIn(info.apiGroup());
    return new ListMeter(
        json ? new JsonItems() : new ProtobufItems(),
        MediaFormat.isGzip(contentEncoding) ? backlog : null,
        (list, bytes) -> {
          long stored = storedSmaller ? bytes / 5 * 3 : bytes;
          learn(digest, list, stored);
          if (costs != null && weighed != null) {
            costs.learn(weighed, stored);
          }
        });
  }

  private boolean isDue(RequestInfo info) {
    String key = ObjectStatistics.key(info);
    if (!info.namespace().isEmpty()) {
      key += '/';
    }
    return metered.getIfPresent(key) == null && metered.asMap().putIfAbsent(key, true) == null;
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
