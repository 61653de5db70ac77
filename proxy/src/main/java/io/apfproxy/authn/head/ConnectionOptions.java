package io.apfproxy.authn.head;

import io.apfproxy.request.RefusedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the {@code Connection} lines of one request name. */
final class ConnectionOptions {
  private static final List<String> NOT_NAMED_BY_HONEST_CLIENTS =
      List.of("cookie", "accept", "user-agent");

  private final List<String> named = new ArrayList<>(2);
  private boolean upgrade;

  void add(String line, HeaderCatalogue catalogue) throws RefusedException {
    int start = 0;
    while (start <= line.length()) {
      int comma = line.indexOf(',', start);
      int end = comma < 0 ? line.length() : comma;
      String option = line.substring(start, end).strip().toLowerCase(Locale.ROOT);
      start = end + 1;
      if (!option.isEmpty()) {
        addOption(option, catalogue);
      }
    }
  }

  private void addOption(String option, HeaderCatalogue catalogue) throws RefusedException {
    if (option.equals("upgrade")) {
      upgrade = true;
      return;
    }
    if (option.equals("close") || option.equals("keep-alive")) {
      return;
    }
    String folded = FieldSyntax.fold(option);
    if (!FieldSyntax.isToken(option)
        || folded.startsWith("content-")
        || NOT_NAMED_BY_HONEST_CLIENTS.contains(folded)
        || catalogue.kind(folded).mayNotBeNamedByConnection()) {
      throw RefusedException.badRequest(
          "connection-names-header", "Connection must not name the header it names");
    }
    named.add(option);
  }

  /** Whether the token {@code upgrade} is among them. */
  boolean upgrade() {
    return upgrade;
  }

  /** Headers to be dropped, in lower case. */
  List<String> named() {
    return named;
  }
}
