package io.apfproxy.server.walk;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.Identity.Assertion;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How the upstream is told who asks. */
final class UpstreamIdentity {
  private UpstreamIdentity() {}

  /**
   * What the resolver said.
   *
   * @param impersonationToken the proxy's token to impersonate with; gives null if it has none
   */
  static Sender sender(Identity identity, Supplier<@Nullable String> impersonationToken) {
    Assertion told = identity.assertion();
    return switch (identity.mode()) {
      case PASS_THROUGH -> sender(Credential.NONE, told, null);
      case REQUEST_HEADER -> sender(Credential.FRONT_PROXY, told, null);
      case IMPERSONATION -> sender(Credential.OWN, told, impersonationToken.get());
    };
  }

  private static Sender sender(Credential credential, Assertion told, @Nullable String token) {
    List<Map.Entry<String, String>> others = told.others();
    if (token != null) {
      others = new ArrayList<>(others);
      others.add(Map.entry("Authorization", "Bearer " + token));
    }
    return new Sender(credential, told.anonymous(), told.user(), others);
  }
}
