package io.apfproxy.request;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Headers that belong to a connection and not to the message on it. Source: RFC 9110 7.6.1, RFC
 * 9112 C.2.2, RFC 7540 3.2.1.
 */
public final class HopByHop {
  /** In lower case. A {@code Connection} line may name more. */
  public static final Set<String> NAMES =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private HopByHop() {}

  /** What one {@code Connection} line lists, in lower case. */
  public static List<String> options(String line) {
    List<String> options = new ArrayList<>(2);
    int start = 0;
    while (start <= line.length()) {
      int comma = line.indexOf(',', start);
      int end = comma < 0 ? line.length() : comma;
      String option = line.substring(start, end).strip().toLowerCase(Locale.ROOT);
      if (!option.isEmpty()) {
        options.add(option);
      }
      start = end + 1;
    }
    return options;
  }
}
