package io.apfproxy.upstream.tunnel;

import io.apfproxy.request.HopByHop;
import io.apfproxy.request.RefusedException;
import io.apfproxy.upstream.exchange.HeaderRules;
import io.apfproxy.upstream.wire.Outgoing;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/** The heads of an upgrade, as HTTP/1.1 written by hand. */
final class UpgradeHead {
  private static final String WEBSOCKET_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private UpgradeHead() {}

  /**
   * What is sent to the upstream.
   *
   * @param target as it stands in the request line
   * @throws RefusedException 500 if the headers would not say exactly who asks
   */
  static Buffer request(Outgoing request, String target, String host) throws RefusedException {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    HeaderRules.writeRequest(request, headers);
    StringBuilder head = new StringBuilder(1024);
    head.append(request.method()).append(' ').append(target).append(" HTTP/1.1\r\n");
    line(head, "Host", host);
    lines(head, headers);
    if (!request.method().equals("GET")) {
      line(head, "Content-Length", "0");
    }
    return end(head, request.upgrade());
  }

  /**
   * What the client gets when the upstream switched protocols; the headers are those left of it.
   */
  static Buffer switching(MultiMap headers, String protocol) {
    StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    lines(head, headers);
    return end(head, protocol);
  }

  /** Whether a 101 with these headers switches to the protocol that was asked for. */
  static boolean fits(Outgoing request, MultiMap headers) {
    String connection = headers.get("connection");
    if (connection == null
        || !HopByHop.options(connection).contains("upgrade")
        || headers.getAll("upgrade").size() != 1
        || !isAskedFor(headers.get("upgrade"), request.upgrade())) {
      return false;
    }
    if (!headers.get("upgrade").equalsIgnoreCase("websocket")) {
      return true;
    }
    String key = request.survivors().get("sec-websocket-key");
    return key != null && accept(key).equals(headers.get("sec-websocket-accept"));
  }

  private static boolean isAskedFor(String protocol, String asked) {
    for (String one : asked.split(",", -1)) {
      if (!protocol.isEmpty() && one.strip().equalsIgnoreCase(protocol)) {
        return true;
      }
    }
    return false;
  }

  /** What a WebSocket server makes of the client's key. Source: RFC 6455 4.2.2. */
  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key.trim() + WEBSOCKET_GUID).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void lines(StringBuilder head, MultiMap headers) {
    for (Map.Entry<String, String> line : headers) {
      line(head, line.getKey(), line.getValue());
    }
  }

  private static void line(StringBuilder head, String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
  }

  private static Buffer end(StringBuilder head, String protocol) {
    line(head, "Connection", "Upgrade");
    line(head, "Upgrade", protocol);
    head.append("\r\n");
    return Buffer.buffer(head.toString().getBytes(StandardCharsets.ISO_8859_1));
  }
}
