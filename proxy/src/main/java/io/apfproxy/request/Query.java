package io.apfproxy.request;

import org.jspecify.annotations.Nullable;

/**
 * Parameters of a raw query, decoded as Go's {@code url.ParseQuery} decodes them: pairs are split
 * at {@code &}; a pair that contains {@code ;} or a bad percent escape does not exist; of several
 * values the first counts. Immutable.
 */
public final class Query {
  /*
   * Each look-up scans the raw text: most requests have no or two parameters and are asked for few,
   * so a map would cost more than it saves. A scan is linear and decodes candidates only. A long
   * query is asked by two dozen look-ups on its way, from its raw text each time, so it is scanned
   * once, and the thread remembers the last one.
   */
  private static final int SHORT = 512;
  private static final ThreadLocal<@Nullable Query> LAST_LONG = new ThreadLocal<>();

  private final String raw;
  private final @Nullable QueryIndex index;

  private Query(String raw) {
    this.raw = raw;
    this.index = raw.length() > SHORT ? QueryIndex.of(this) : null;
  }

  /**
   * @param raw query without {@code ?}, see {@link RequestTarget#query}
   */
  @SuppressWarnings("ReferenceEquality") // another string that is equal is rare, and only slower
  public static Query of(String raw) {
    if (raw.length() <= SHORT) {
      return new Query(raw);
    }
    Query last = LAST_LONG.get();
    if (last != null && last.raw == raw) {
      return last;
    }
    Query query = new Query(raw);
    LAST_LONG.set(query);
    return query;
  }

  /**
   * First value of a parameter, decoded; empty if it is given without value.
   *
   * @param name without {@code %} and {@code +}
   * @return null if there is no such parameter
   */
  public @Nullable String first(String name) {
    int position = index == null ? -1 : QueryIndex.position(name);
    if (index != null && position >= 0) {
      return index.value(position);
    }
    int from = 0;
    while (from < raw.length()) {
      int end = endOfPair(from);
      String value = valueOfPair(name, from, endOfKey(from, end), end);
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

  int length() {
    return raw.length();
  }

  /** Where the pair ends that begins at {@code from}. */
  int endOfPair(int from) {
    int end = raw.indexOf('&', from);
    return end < 0 ? raw.length() : end;
  }

  /** Where the name of a pair ends. */
  int endOfKey(int from, int end) {
    int equals = indexOf('=', from, end);
    return equals < 0 ? end : equals;
  }

  /**
   * Decoded value of one pair; null if it is none of this name.
   *
   * @param keyEnd from {@link #endOfKey}
   */
  @Nullable String valueOfPair(String name, int from, int keyEnd, int end) {
    // an empty pair is no parameter, not even one with an empty name
    if (from == end || !keyIs(name, from, keyEnd) || indexOf(';', from, end) >= 0) {
      return null;
    }
    return keyEnd == end ? "" : PercentDecoding.decode(raw.substring(keyEnd + 1, end), true);
  }

  /** Whether this is the name once it is decoded. Allocates nothing. */
  private boolean keyIs(String name, int from, int end) {
    int at = from;
    for (int i = 0; i < name.length(); i++) {
      if (at >= end) {
        return false;
      }
      char c = raw.charAt(at);
      if (c == '%') {
        int high = at + 2 < end ? PercentDecoding.hex(raw.charAt(at + 1)) : -1;
        int low = at + 2 < end ? PercentDecoding.hex(raw.charAt(at + 2)) : -1;
        c = high < 0 || low < 0 ? '%' : (char) (high * 16 + low); // a bad escape is in no name
        at += 2;
      } else if (c == '+') {
        c = ' ';
      }
      if (c != name.charAt(i)) {
        return false;
      }
      at++;
    }
    return at == end;
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
