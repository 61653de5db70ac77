package io.apfproxy.work;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;

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
  private static final int MOST_LISTS = 2 * ObjectStatistics.MOST_RESOURCES;

  private final ConcurrentHashMap<String, Long> lastMetered = new ConcurrentHashMap<>();
  private final ObjectStatistics statistics;
  private final TimeSource time;

  public ListLearning(ObjectStatistics statistics, TimeSource time) {
    this.statistics = statistics;
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
    if (!listed || status != 200 || !info.subresource().isEmpty()) {
      return null;
    }
    ListItems items =
        switch (MediaFormat.of(contentType, contentEncoding)) {
          case JSON -> new JsonItems();
          case PROTOBUF -> new ProtobufItems();
          case UNREADABLE -> null;
        };
    if (items == null || !isDue(info)) {
      return null;
    }
    boolean storedSmaller = items instanceof JsonItems && isBuiltIn(info.apiGroup());
    return new ListMeter(
        items,
        MediaFormat.isGzip(contentEncoding),
        (list, bytes) -> learn(digest, list, storedSmaller ? bytes / 5 * 3 : bytes));
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
    return lastMetered.size() < MOST_LISTS && lastMetered.putIfAbsent(key, now) == null;
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
