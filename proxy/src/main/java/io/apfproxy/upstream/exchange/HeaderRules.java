package io.apfproxy.upstream.exchange;

import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last header rules of a request, and those of a response. Source: specification security.md
 * 3.1 steps 8 and 9, 3.3.
 */
public final class HeaderRules {
  private static final String CONTENT_LENGTH = "content-length";
  private static final String TRANSFER_ENCODING = "transfer-encoding";
  private static final String FORWARDED_FOR = "X-Forwarded-For";

  private static final Set<String> HOP_BY_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          TRANSFER_ENCODING,
          "upgrade",
          "http2-settings",
          "alt-svc");

  private HeaderRules() {}

  /**
   * Writes the headers of the outgoing request, without framing, {@code Host} and upgrade.
   *
   * @throws RefusedException 500 if they would not say exactly who asks: a defect of ours
   */
  public static void writeRequest(Outgoing request, MultiMap to) throws RefusedException {
    for (Map.Entry<String, String> line : request.survivors()) {
      if (!line.getKey().equalsIgnoreCase(CONTENT_LENGTH)) {
        to.add(line.getKey(), line.getValue());
      }
    }
    String before = to.get(FORWARDED_FOR);
    to.set(
        FORWARDED_FOR,
        before == null ? request.clientAddress() : before + ", " + request.clientAddress());
    to.set("Audit-ID", request.auditId());
    for (Map.Entry<String, String> line : request.identity()) {
      to.add(line.getKey(), line.getValue());
    }
    checkIdentity(request, to);
  }

  /**
   * The upstream takes the rights of the connection's certificate where no header names a user, so
   * a request may not leave without one, nor with two.
   */
  private static void checkIdentity(Outgoing request, MultiMap headers) throws RefusedException {
    List<Map.Entry<String, String>> identity = request.identity();
    for (Map.Entry<String, String> line : request.survivors()) {
      if (claimsIdentity(line.getKey(), identity)) {
        throw identityDefect();
      }
    }
    if (request.credential() == Credential.NONE) {
      for (Map.Entry<String, String> line : identity) {
        String name = line.getKey().toLowerCase(Locale.ROOT);
        if (!name.equals("authorization")
            && !name.equals("sec-websocket-protocol")
            && !name.startsWith("impersonate-")) {
          throw identityDefect();
        }
      }
      return;
    }
    if (identity.isEmpty()) {
      throw identityDefect();
    }
    Map.Entry<String, String> user = identity.get(0);
    if (user.getValue().isEmpty()
        || headers.getAll(user.getKey()).size() != 1
        || (request.credential() == Credential.OWN
            && !user.getKey().equalsIgnoreCase("Impersonate-User"))) {
      throw identityDefect();
    }
  }

  private static boolean claimsIdentity(String survivor, List<Map.Entry<String, String>> identity) {
    if (survivor.equalsIgnoreCase("authorization")
        || survivor.regionMatches(true, 0, "impersonate-", 0, 12)) {
      return true;
    }
    return !identity.isEmpty()
        && identity.get(0).getKey().equalsIgnoreCase(survivor)
        && !survivor.equalsIgnoreCase("sec-websocket-protocol");
  }

  private static RefusedException identityDefect() {
    return new RefusedException(
        500, "InternalError", "identity-assertion", "the request could not be attributed");
  }

  /** Declared length of the client's body; -1 if none was declared. */
  public static long contentLength(MultiMap headers) {
    String value = headers.get(CONTENT_LENGTH);
    return value == null ? -1 : Long.parseLong(value.trim());
  }

  /**
   * Copies what the client may see of a response.
   *
   * @param bodyless whether the response has no body whatever its headers say
   * @return length of the body, or -1 if it ends with the stream
   * @throws RefusedException 502 if its framing is ambiguous or a value holds a control character
   */
  public static long copyResponse(MultiMap from, MultiMap to, boolean bodyless)
      throws RefusedException {
    @Nullable String named = from.contains("connection") ? namedByConnection(from) : null;
    String length = null;
    for (Map.Entry<String, String> line : from) {
      String name = line.getKey();
      String value = line.getValue();
      checkValue(value);
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.equals(CONTENT_LENGTH)) {
        if (length != null && !length.equals(value.trim())) {
          throw UpstreamFault.protocol("the upstream declared two lengths for one body");
        }
        if (length == null) {
          length = value.trim();
          to.add(name, length);
        }
      } else if (!HOP_BY_HOP.contains(lower)
          && (named == null || !named.contains("," + lower + ","))) {
        to.add(name, value);
      }
    }
    if (length == null) {
      return bodyless ? 0 : -1;
    }
    if (from.contains(TRANSFER_ENCODING)) {
      throw UpstreamFault.protocol("the upstream declared a length and a transfer encoding");
    }
    return bodyless ? 0 : parseLength(length);
  }

  private static String namedByConnection(MultiMap from) {
    StringBuilder names = new StringBuilder(",");
    for (String value : from.getAll("connection")) {
      for (String name : value.split(",", -1)) {
        names.append(name.trim().toLowerCase(Locale.ROOT)).append(',');
      }
    }
    return names.toString();
  }

  private static void checkValue(String value) throws RefusedException {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < 0x20 && c != '\t') || c == 0x7F) {
        throw UpstreamFault.protocol("the upstream sent a header with a control character");
      }
    }
  }

  private static long parseLength(String value) throws RefusedException {
    if (value.isEmpty()
        || value.length() > 18
        || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw UpstreamFault.protocol("the upstream declared a length that is no number");
    }
    return Long.parseLong(value);
  }
}
