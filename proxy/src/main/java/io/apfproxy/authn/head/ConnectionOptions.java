package io.apfproxy.authn.head;

import io.apfproxy.request.HopByHop;
import io.apfproxy.request.RefusedException;
import java.util.ArrayList;
import java.util.List;

/** What the {@code Connection} lines of one request name. */
final class ConnectionOptions {
  private static final List<String> NOT_NAMED_BY_HONEST_CLIENTS =
      List.of("cookie", "accept", "user-agent");

  private final List<String> named = new ArrayList<>(2);
  private boolean upgrade;

  void add(String line, HeaderCatalogue catalogue) throws RefusedException {
    for (String option : HopByHop.options(line)) {
      addOption(option, catalogue);
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
