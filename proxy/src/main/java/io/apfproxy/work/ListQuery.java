package io.apfproxy.work;

import io.apfproxy.request.Query;
import org.jspecify.annotations.Nullable;

/**
 * List options as work estimation reads them. Source: reference, list_work_estimator.go; first
 * value of each parameter, absent is empty.
 *
 * @param valid whether {@code limit} and {@code timeoutSeconds} are numbers or absent; an empty
 *     value is not a number
 * @param limit 0 if none
 * @param initialEvents whether a watch asks for the state before the changes
 */
public record ListQuery(
    boolean valid,
    long limit,
    String resourceVersion,
    String resourceVersionMatch,
    boolean continued,
    boolean labels,
    boolean fields,
    boolean initialEvents) {

  public static ListQuery of(String rawQuery) {
    Query query = Query.of(rawQuery);
    Long limit = number(query.first("limit"));
    Long timeout = number(query.first("timeoutSeconds"));
    return new ListQuery(
        limit != null && timeout != null,
        limit == null ? 0 : limit,
        text(query, "resourceVersion"),
        text(query, "resourceVersionMatch"),
        !text(query, "continue").isEmpty(),
        !text(query, "labelSelector").isEmpty(),
        !text(query, "fieldSelector").isEmpty(),
        flag(query, "sendInitialEvents"));
  }

  public boolean selective() {
    return labels || fields;
  }

  /** Whether the answer may be of any age: no resource version, or {@code 0}. */
  public boolean anyVersion() {
    return resourceVersion.isEmpty() || resourceVersion.equals("0");
  }

  /**
   * Whether the server reads its storage for the answer, not its cache. Source: reference,
   * cacher/delegator/interface.go {@code ShouldDelegateList}.
   */
  boolean fromStorage(boolean consistentReadsFromCache) {
    return switch (resourceVersionMatch) {
      case "NotOlderThan" -> false;
      case "" ->
          continued
              || (limit > 0 && !anyVersion())
              || (resourceVersion.isEmpty() && !consistentReadsFromCache);
      default -> true;
    };
  }

  /** Whether a parameter is given and neither {@code 0} nor {@code false}; empty counts as true. */
  public static boolean flag(Query query, String name) {
    String value = query.first(name);
    return value != null && !value.equals("0") && !value.equalsIgnoreCase("false");
  }

  private static String text(Query query, String name) {
    String value = query.first(name);
    return value == null ? "" : value;
  }

  /** What Go's {@code ParseInt(value, 10, 64)} makes of it: 0 if absent, null if malformed. */
  private static @Nullable Long number(@Nullable String value) {
    if (value == null) {
      return 0L;
    }
    if (!value.chars().allMatch(c -> c == '+' || c == '-' || (c >= '0' && c <= '9'))) {
      return null; // Long.parseLong would take digits of other scripts
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException malformed) {
      return null;
    }
  }
}
