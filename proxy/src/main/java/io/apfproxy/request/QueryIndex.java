package io.apfproxy.request;

import org.jspecify.annotations.Nullable;

/** First values of the parameters that flow control asks for, found in one pass. Immutable. */
final class QueryIndex {
  private static final String[] NAMES = {
    "watch",
    "limit",
    "timeout",
    "continue",
    "fieldSelector",
    "labelSelector",
    "timeoutSeconds",
    "resourceVersion",
    "sendInitialEvents",
    "resourceVersionMatch"
  };

  private final @Nullable String[] values;

  private QueryIndex(@Nullable String[] values) {
    this.values = values;
  }

  static QueryIndex of(Query query) {
    @Nullable String[] values = new @Nullable String[NAMES.length];
    for (int from = 0; from < query.length(); from = query.endOfPair(from) + 1) {
      int end = query.endOfPair(from);
      int keyEnd = query.endOfKey(from, end);
      for (int i = 0; i < NAMES.length; i++) {
        if (values[i] == null) {
          values[i] = query.valueOfPair(NAMES[i], from, keyEnd, end);
        }
      }
    }
    return new QueryIndex(values);
  }

  /** Position of a name among those that are indexed; -1 if it is not. */
  static int position(String name) {
    for (int i = 0; i < NAMES.length; i++) {
      if (NAMES[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  @Nullable String value(int position) {
    return values[position];
  }
}
