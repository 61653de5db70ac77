package io.apfproxy.authn.head;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The entries of {@code Sec-WebSocket-Protocol}, one of which may be a bearer token: browsers
 * cannot send another header with an upgrade. Source: kube-apiserver,
 * authentication/request/websocket.
 */
public final class WebSocketProtocols {
  public static final String BEARER = "base64url.bearer.authorization.k8s.io.";

  private final List<String> entries = new ArrayList<>(2);

  void add(String line) {
    for (String entry : line.split(",", -1)) {
      entries.add(entry.strip());
    }
  }

  List<String> entries() {
    return List.copyOf(entries);
  }

  /** What may go upstream; empty if nothing is left. */
  String withoutBearer() {
    return entries.stream()
        .filter(entry -> !entry.isEmpty() && !entry.startsWith(BEARER))
        .collect(Collectors.joining(", "));
  }
}
