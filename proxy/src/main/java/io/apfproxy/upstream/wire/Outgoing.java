package io.apfproxy.upstream.wire;

import io.apfproxy.request.UserInfo;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it is to be sent on: identity decided, headers checked.
 *
 * @param method as sent by the client
 * @param target path and query, the client's bytes
 * @param survivors header lines to copy, with the client's {@code Content-Length}; no hop-by-hop
 *     header, none that claims an identity, no {@code Host}
 * @param identity the lines that say who asks, set last; for {@link Credential#FRONT_PROXY} and
 *     {@link Credential#OWN} the first names the user. Values are bytes as ISO-8859-1 chars
 * @param clientAddress for the end of {@code X-Forwarded-For}; the survivors have what is before
 * @param clientAuthority {@code Host} or {@code :authority} as the client sent it; null if it did
 *     not
 * @param auditId the client's, or a fresh UUID
 * @param upgrade protocol to upgrade to; empty for none
 * @param expectContinue whether the client waits for {@code 100 Continue} before it sends its body
 * @param longRunning whether the body may come as slowly as it likes
 * @param redirectsAnywhere whether the response may send the client to another host
 */
public record Outgoing(
    String method,
    String target,
    MultiMap survivors,
    List<Map.Entry<String, String>> identity,
    Credential credential,
    String clientAddress,
    @Nullable String clientAuthority,
    String auditId,
    String upgrade,
    boolean expectContinue,
    boolean longRunning,
    boolean redirectsAnywhere) {
  public Outgoing {
    identity = List.copyOf(identity);
  }

  /** Whether the upstream will find nobody in particular behind this request. */
  boolean isAnonymous() {
    return switch (credential) {
      case NONE ->
          identity.stream()
              .noneMatch(
                  line ->
                      line.getKey().equalsIgnoreCase("Authorization")
                          || line.getKey().equalsIgnoreCase("Sec-WebSocket-Protocol"));
      case FRONT_PROXY ->
          !identity.isEmpty() && identity.get(0).getValue().equals(UserInfo.ANONYMOUS.name());
      case OWN -> false;
    };
  }
}
