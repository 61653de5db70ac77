package io.apfproxy.request;

import io.apfproxy.nullness.Nullable;

/**
 * Parameters of a raw query, decoded as Go's {@code url.ParseQuery} decodes them: pairs are split
 * at {@code &}; a pair that contains {@code ;} or a bad percent escape does not exist; of several
 * values the first counts. Immutable.
 */
public final class Query {
  /*
   * Each look-up scans the raw text: most requests have no or two parameters and are asked for few,
   * so a map would cost more than it saves. A scan is linear and decodes candidates only.
   */
  private final String raw;

  private Query(String raw) {
    this.raw = raw;
  }

  /**
   * @param raw query without {@code ?}, see {@link RequestTarget#query}
   */
  public static Query of(String raw) {
    return new Query(raw);
  }

  /**
   * First value of a parameter, decoded; empty if it is given without value.
   *
   * @param name without {@code %} and {@code +}
   * @return null if there is no such parameter
   */
  public @Nullable String first(String name) {
    int from = 0;
    while (from < raw.length()) {
      int end = raw.indexOf('&', from);
      if (end < 0) {
        end = raw.length();
      }
      String value = valueOfPair(name, from, end);
      if (value != null) {
        return value;
      }
      from = end + 1;
    }
    return null;
  }

  /** Whether the parameter is given, with or without value. */
  public boolean has(String name) {
    return first(name) != null;
  }

  private @Nullable String valueOfPair(String name, int from, int end) {
    if (from == end) {
      return null; // an empty pair is no parameter, not even one with an empty name
    }
    int equals = indexOf('=', from, end);
    int keyEnd = equals < 0 ? end : equals;
    if (!keyIs(name, from, keyEnd) || indexOf(';', from, end) >= 0) {
      return null;
    }
    return equals < 0 ? "" : PercentDecoding.decode(raw.substring(equals + 1, end), true);
  }

  private boolean keyIs(String name, int from, int end) {
    if (end - from == name.length() && raw.startsWith(name, from)) {
      return true;
    }
    if (indexOf('%', from, end) < 0 && indexOf('+', from, end) < 0) {
      return false;
    }
    return name.equals(PercentDecoding.decode(raw.substring(from, end), true));
  }

  private int indexOf(char c, int from, int end) {
    for (int i = from; i < end; i++) {
      if (raw.charAt(i) == c) {
        return i;
      }
    }
    return -1;
  }
}
