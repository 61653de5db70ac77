package io.apfproxy.server.walk;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.upstream.wire.Credential;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the upstream is told who asks. */
final class UpstreamIdentity {
  private UpstreamIdentity() {}

  /**
   * Header lines as the resolver said.
   *
   * @param impersonationToken the proxy's token to impersonate with; gives null if it has none
   */
  static List<Map.Entry<String, String>> lines(
      Identity identity, Supplier<@Nullable String> impersonationToken) {
    List<Map.Entry<String, String>> lines = identity.assertion().lines();
    String token = identity.mode() == Identity.Mode.IMPERSONATION ? impersonationToken.get() : null;
    if (token == null) {
      return lines;
    }
    List<Map.Entry<String, String>> withToken = new ArrayList<>(lines);
    withToken.add(Map.entry("Authorization", "Bearer " + token));
    return withToken;
  }

  /** What the connection to the upstream presents. */
  static Credential credential(Identity.Mode mode) {
    return switch (mode) {
      case PASS_THROUGH -> Credential.NONE;
      case REQUEST_HEADER -> Credential.FRONT_PROXY;
      case IMPERSONATION -> Credential.OWN;
    };
  }
}
