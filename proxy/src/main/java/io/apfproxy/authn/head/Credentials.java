package io.apfproxy.authn.head;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the headers of a request claim about its sender. Read once; nothing later looks at the raw
 * headers for these.
 *
 * @param authorization the one {@code Authorization} value; null if absent
 * @param webSocketProtocols the entries of {@code Sec-WebSocket-Protocol} in order; empty if absent
 * @param frontProxy the lines of the configured front-proxy headers, keyed by lower-case name;
 *     believed only if the TLS peer is a verified front proxy
 * @param impersonation null if no {@code Impersonate-*} header was sent
 */
public record Credentials(
    @Nullable String authorization,
    List<String> webSocketProtocols,
    Map<String, List<String>> frontProxy,
    @Nullable Impersonation impersonation) {
  /** Whom the client wants to be. Keys of {@code extra} in lower case, percent-decoded. */
  public record Impersonation(
      String user, String uid, List<String> groups, Map<String, List<String>> extra) {}
}
