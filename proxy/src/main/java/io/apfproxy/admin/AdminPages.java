package io.apfproxy.admin;

import io.apfproxy.live.Feed;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the admin listener shows. Called on worker threads but for {@link #readiness}. */
public interface AdminPages {
  /**
   * One condition of readiness.
   *
   * @param note what is to be known though it is met, or why it is not; open to everybody, so it
   *     names nothing of the cluster; may be empty
   */
  record Check(String name, boolean ok, String note) {
    public Check(String name, boolean ok) {
      this(name, ok, "");
    }
  }

  /** All conditions; ready if all are met. Must not block. */
  List<Check> readiness();

  /** Metrics in Prometheus' text format. */
  String metrics();

  /**
   * A dump as kube-apiserver prints it.
   *
   * @param withRequestDetails whether users and paths may be named; for requests only
   * @return empty where flow control has no queues
   */
  Optional<String> dump(Dump what, boolean withRequestDetails);

  /**
   * Where a request would go now, and why.
   *
   * @param method such as {@code GET}
   * @param url path and query
   * @param user null for an anonymous request
   * @param json whether it is to be JSON, and not text
   * @return empty where flow control has no queues
   * @throws IllegalArgumentException if this is no request; its message says why
   */
  Optional<String> explain(
      String method, String url, @Nullable String user, List<String> groups, boolean json);

  /**
   * Who uses the proxy most, as JSON or as a table; what is null was not said.
   *
   * @param output {@code json} or {@code table}
   * @return empty where nobody counts
   * @throws IllegalArgumentException if a value is unknown; its message names those that are known
   */
  Optional<String> top(
      @Nullable String by,
      @Nullable String window,
      @Nullable String sort,
      @Nullable String limit,
      String output);

  /**
   * The last refusals, as JSON; what is null was not said.
   *
   * @throws IllegalArgumentException if a value is unknown; its message says what is known
   */
  String refusals(
      @Nullable String auditId,
      @Nullable String user,
      @Nullable String rule,
      @Nullable String level,
      @Nullable String limit);

  /** What the dashboard sees. */
  Feed live();

  /** kube-apiserver's three dumps. Source: specification apf-config.md 6. */
  enum Dump {
    PRIORITY_LEVELS,
    QUEUES,
    REQUESTS
  }
}
