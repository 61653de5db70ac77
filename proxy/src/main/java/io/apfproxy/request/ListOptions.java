package io.apfproxy.request;

import org.jspecify.annotations.Nullable;

/**
 * What request info takes from the list options of a query. Source: reference, requestinfo.go and
 * the generated conversion of {@code url.Values} to {@code ListOptions}.
 *
 * @param watch whether a watch is asked for
 * @param name the name a field selector demands; null if none, or if any option is malformed
 */
record ListOptions(boolean watch, @Nullable String name) {
  private static final ListOptions NONE = new ListOptions(false, null);

  static ListOptions of(
      Query query, @Nullable String fieldSelector, @Nullable String labelSelector) {
    String watch = query.first("watch");
    boolean watches = watch != null && !watch.equals("0") && !watch.equalsIgnoreCase("false");
    if (fieldSelector == null || fieldSelector.isEmpty()) {
      return watches ? new ListOptions(true, null) : NONE;
    }
    return new ListOptions(watches, demandedName(query, fieldSelector, labelSelector));
  }

  private static @Nullable String demandedName(
      Query query, String fieldSelector, @Nullable String labelSelector) {
    String name = FieldSelector.parse(fieldSelector, "metadata.name").requiredValue();
    boolean usable =
        name != null
            && NameSyntax.isPathSegment(name)
            && isInt64OrAbsent(query.first("limit"))
            && isInt64OrAbsent(query.first("timeoutSeconds"))
            && (labelSelector == null || LabelSelector.isValid(labelSelector));
    return usable ? name : null;
  }

  private static boolean isInt64OrAbsent(@Nullable String value) {
    return value == null || isInt64(value);
  }

  /** Whether Go's {@code strconv.ParseInt(value, 10, 64)} accepts it. */
  static boolean isInt64(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean sign = i == 0 && (c == '+' || c == '-');
      if (!sign && (c < '0' || c > '9')) {
        return false; // Long.parseLong would take digits of other scripts
      }
    }
    try {
      Long.parseLong(value);
      return true;
    } catch (NumberFormatException empty) {
      return false;
    }
  }
}
