package io.apfproxy.authn.who;

import io.apfproxy.authn.head.FieldSyntax;
import io.apfproxy.authn.head.Refusals;
import io.apfproxy.authn.head.RequestHead;
import io.apfproxy.authn.head.WebSocketProtocols;
import io.apfproxy.request.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the bearer token of a request. Source: kube-apiserver, authentication/request/bearertoken
 * and /websocket.
 */
public final class BearerToken {
  private static final String SCHEME = "bearer ";

  private BearerToken() {}

  /**
   * @return the token as ISO-8859-1 chars; null if there is none
   * @throws RefusedException 401 if there is something that should be one
   */
  static @Nullable String find(RequestHead head) throws RefusedException {
    String token = fromAuthorization(head.credentials().authorization());
    if (token != null || !head.upgrade().equalsIgnoreCase("websocket")) {
      return token;
    }
    return fromWebSocket(head.credentials().webSocketProtocols());
  }

  public static @Nullable String fromAuthorization(@Nullable String value) {
    if (value == null) {
      return null;
    }
    String words = value.strip();
    if (!words.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    int from = SCHEME.length();
    int end = words.indexOf(' ', from);
    String token = words.substring(from, end < 0 ? words.length() : end);
    return token.isEmpty() ? null : token;
  }

  private static @Nullable String fromWebSocket(List<String> protocols) throws RefusedException {
    String token = null;
    boolean others = false;
    for (String protocol : protocols) {
      if (!protocol.startsWith(WebSocketProtocols.BEARER)) {
        others |= !protocol.isEmpty();
      } else if (token == null) {
        token = decode(protocol.substring(WebSocketProtocols.BEARER.length()));
      } else {
        throw Refusals.unauthorized("two-websocket-tokens");
      }
    }
    if (token != null && !others) {
      throw Refusals.unauthorized("websocket-token-alone");
    }
    return token == null || token.isEmpty() ? null : token;
  }

  private static String decode(String text) throws RefusedException {
    byte[] bytes;
    try {
      if (text.indexOf('=') >= 0) {
        throw new IllegalArgumentException("padded");
      }
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw Refusals.unauthorized("websocket-token-encoding");
    }
    String token = new String(bytes, StandardCharsets.ISO_8859_1);
    // it goes on as one word of a header line
    if (FieldSyntax.decode(bytes).isEmpty()
        || !FieldSyntax.isValue(token)
        || token.indexOf(' ') >= 0
        || token.indexOf('\t') >= 0) {
      throw Refusals.unauthorized("websocket-token-encoding");
    }
    return token;
  }
}
