package io.apfproxy.upstream.exchange;

import io.apfproxy.request.HeaderLines;
import io.apfproxy.request.HopByHop;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Sender;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The last header rules of a request, and those of a response. Source: specification security.md
 * 3.1 steps 8 and 9, 3.3.
 */
public final class HeaderRules {
  private static final String AUTHORIZATION = "authorization";
  private static final String CONNECTION = "connection";
  private static final String CONTENT_LENGTH = "content-length";
  private static final String TRANSFER_ENCODING = "transfer-encoding";
  private static final String FORWARDED_FOR = "x-forwarded-for"; // HTTP/2 knows no others

  private static final String AUDIT_ID = "audit-id";

  private static final String TRACE_PARENT = "traceparent";
  private static final String TRACE_STATE = "tracestate";

  /** Tells clients of other addresses of the server, past us. */
  private static final String ALT_SVC = "alt-svc";

  private HeaderRules() {}

  /**
   * Writes the headers of the outgoing request, without framing, {@code Host} and upgrade.
   *
   * @throws RefusedException 500 if they would not say exactly who asks: a defect of ours
   */
  public static void writeRequest(Outgoing request, MultiMap to) throws RefusedException {
    HeaderLines survivors = request.survivors();
    for (int i = 0; i < survivors.size(); i++) {
      if (!survivors.name(i).equalsIgnoreCase(CONTENT_LENGTH)) {
        to.add(survivors.name(i), survivors.value(i));
      }
    }
    writeTrace(request.trace(), to);
    String before = to.get(FORWARDED_FOR);
    to.set(
        FORWARDED_FOR,
        before == null ? request.clientAddress() : before + ", " + request.clientAddress());
    to.set(AUDIT_ID, request.auditId());
    Sender sender = request.sender();
    if (sender.user() != null) {
      to.add(sender.user().getKey(), sender.user().getValue());
    }
    for (Map.Entry<String, String> line : sender.others()) {
      to.add(line.getKey(), line.getValue());
    }
    if (!isAttributed(survivors, sender, to)) {
      throw new RefusedException(
          500, "InternalError", "identity-assertion", "the request could not be attributed");
    }
  }

  private static void writeTrace(List<Map.Entry<String, String>> ours, MultiMap to) {
    if (!ours.isEmpty()) {
      to.remove(TRACE_PARENT);
      to.remove(TRACE_STATE);
      for (Map.Entry<String, String> line : ours) {
        to.add(line.getKey(), line.getValue());
      }
    }
  }

  /**
   * The upstream takes the rights of the connection's certificate where no header names a user, so
   * a request may not leave without one, nor with two.
   */
  private static boolean isAttributed(HeaderLines survivors, Sender sender, MultiMap headers) {
    Map.Entry<String, String> user = sender.user();
    for (int i = 0; i < survivors.size(); i++) {
      String name = survivors.name(i);
      if (name.equalsIgnoreCase(AUTHORIZATION)
          || isImpersonation(name)
          || (user != null && name.equalsIgnoreCase(user.getKey()))) {
        return false;
      }
    }
    if (sender.credential() == Credential.NONE) {
      return user == null && namesNobody(sender.others());
    }
    return user != null
        && !user.getValue().isEmpty()
        && headers.getAll(user.getKey()).size() == 1
        && (sender.credential() != Credential.OWN
            || user.getKey().equalsIgnoreCase("Impersonate-User"));
  }

  private static boolean namesNobody(List<Map.Entry<String, String>> lines) {
    for (Map.Entry<String, String> line : lines) {
      if (!line.getKey().equalsIgnoreCase(AUTHORIZATION) && !isImpersonation(line.getKey())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isImpersonation(String name) {
    return name.regionMatches(true, 0, "impersonate-", 0, 12);
  }

  /** Declared length of the client's body; -1 if none was declared. */
  public static long contentLength(HeaderLines headers) {
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
    List<String> named = namedByConnection(from);
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
      } else if (!HopByHop.NAMES.contains(lower)
          && !lower.equals(ALT_SVC)
          && !named.contains(lower)) {
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

  private static List<String> namedByConnection(MultiMap from) {
    if (!from.contains(CONNECTION)) {
      return List.of();
    }
    List<String> named = new ArrayList<>();
    from.getAll(CONNECTION).forEach(line -> named.addAll(HopByHop.options(line)));
    return named;
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
    if (value.isEmpty() || value.length() > 18 || !isDigits(value)) {
      throw UpstreamFault.protocol("the upstream declared a length that is no number");
    }
    return Long.parseLong(value);
  }

  private static boolean isDigits(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < '0' || value.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }
}
