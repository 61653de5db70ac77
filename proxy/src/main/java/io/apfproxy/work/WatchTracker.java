package io.apfproxy.work;

import io.apfproxy.request.FieldSelector;
import io.apfproxy.request.LabelSelector;
import io.apfproxy.request.Query;
import io.apfproxy.request.RequestInfo;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches open through this process, by what they watch. Thread-safe, bounded.
 *
 * <p>Source: reference, watch_tracker.go. Selectors do not narrow a watch, but for pods by node:
 * kubelets watch only their own, and are not counted.
 */
public final class WatchTracker implements WatchCounts {
  static final int MOST_KEYS = 100_000;

  /** What the reference notes as the node of a watch that names none; it cannot tell them apart. */
  private static final String UNSET = "<unset>";

  private final ConcurrentHashMap<Key, Integer> watches = new ConcurrentHashMap<>();

  /** What a watch is for; strings are empty where it does not say. */
  private record Key(String apiGroup, String resource, String namespace, String name) {}

  /** A watch that is counted until it is closed. Thread-safe. */
  public final class Registration implements AutoCloseable {
    private @Nullable Key key;

    private Registration(Key key) {
      this.key = key;
    }

    /** Harmless when repeated. */
    @Override
    public synchronized void close() {
      if (key != null) {
        watches.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1);
        key = null;
      }
    }
  }

  /**
   * Counts a watch.
   *
   * @param query raw query of the target
   * @return null if it is not counted: no watch, a kubelet's, or one too many
   */
  public @Nullable Registration register(RequestInfo info, String query) {
    if (!info.isWatch() || isOfOneNode(info, query)) {
      return null;
    }
    Key key = new Key(info.apiGroup(), info.resource(), info.namespace(), info.name());
    if (watches.size() >= MOST_KEYS && !watches.containsKey(key)) {
      return null;
    }
    watches.merge(key, 1, Integer::sum);
    return new Registration(key);
  }

  @Override
  public int interestedIn(RequestInfo info) {
    return switch (info.verb()) {
      case "get", "list", "watch", "proxy" -> 0;
      default -> watchersOf(info);
    };
  }

  private int watchersOf(RequestInfo info) {
    String group = info.apiGroup();
    String resource = info.resource();
    int interested = count(group, resource, "", "");
    if (!info.namespace().isEmpty()) {
      interested += count(group, resource, info.namespace(), "");
    }
    if (!info.name().isEmpty()) {
      interested += count(group, resource, info.namespace(), info.name());
    }
    return interested;
  }

  private int count(String group, String resource, String namespace, String name) {
    return Objects.requireNonNullElse(watches.get(new Key(group, resource, namespace, name)), 0);
  }

  private static boolean isOfOneNode(RequestInfo info, String query) {
    if (!info.resource().equals("pods")) {
      return false;
    }
    // from the query: request info has no selectors of a watch that is in the path
    Query parameters = Query.of(query);
    String fields = parameters.first("fieldSelector");
    if (fields == null || fields.isEmpty()) {
      return false;
    }
    String labels = parameters.first("labelSelector");
    if ((labels != null && !LabelSelector.isValid(labels)) || !ListQuery.of(query).valid()) {
      return false; // the reference cannot read the field selector then
    }
    String node = FieldSelector.parse(fields, "spec.nodeName").requiredValue();
    return node != null && !node.isEmpty() && !node.equals(UNSET);
  }
}
