package io.apfproxy.authn.head;

import io.apfproxy.request.HeaderLines;
import io.apfproxy.request.RefusedException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pass over the lines of one request head. Not thread-safe. */
final class HeadReading {
  private static final int MOST_FIELDS = 1000;
  private static final Set<String> PSEUDO_HEADERS =
      Set.of(":method", ":scheme", ":authority", ":path");

  private final ClientTrust trust;
  private final ClientRequest request;
  private final HeaderCatalogue catalogue;
  private final SourceAddresses sources;
  private final HeaderLines survivors = new HeaderLines();
  private final Map<HeaderKind, String> single = new EnumMap<>(HeaderKind.class);
  private int fields;
  private @Nullable ConnectionOptions connection;
  private @Nullable ImpersonationHeaders impersonation;
  private @Nullable WebSocketProtocols protocols;
  private Map<String, List<String>> frontProxy = Map.of();

  HeadReading(
      ClientTrust trust,
      ClientRequest request,
      HeaderCatalogue catalogue,
      SourceAddresses sources) {
    this.trust = trust;
    this.request = request;
    this.catalogue = catalogue;
    this.sources = sources;
  }

  void add(String name, String value) throws RefusedException {
    count(1);
    if (request.http2() && PSEUDO_HEADERS.contains(name)) {
      return;
    }
    if (!FieldSyntax.isToken(name)) {
      throw RefusedException.badRequest("header-name", "a header name must be a token");
    }
    if (!FieldSyntax.isValue(value)) {
      throw RefusedException.badRequest(
          "header-value", "header " + name + " must not contain control characters");
    }
    String folded = FieldSyntax.fold(name);
    HeaderKind kind = catalogue.kind(folded);
    if (kind == HeaderKind.ORDINARY) {
      survivors.add(name, value);
      return;
    }
    if (FieldSyntax.isPadded(value)) {
      // the codec cuts blanks off, so this one went on in the next line; HTTP/2 forbids them
      throw RefusedException.badRequest("folded-header", name + " must stand on one line");
    }
    if (isAnotherHeader(kind, name)) {
      // dropped all the same: something behind us may take "_" for "-"
      return;
    }
    if (kind.mayOccurOnce() && single.put(kind, value) != null) {
      throw RefusedException.badRequest("duplicate-" + folded, name + " must occur once");
    }
    addSpecial(kind, name, folded, value);
  }

  /** A member of a list that is taken apart counts as a line: it may be one letter. */
  private void countMembers(String list) throws RefusedException {
    count((int) list.chars().filter(c -> c == ',').count());
  }

  private void count(int more) throws RefusedException {
    fields += more;
    if (fields > MOST_FIELDS) {
      throw new RefusedException(
              431,
              "BadRequest",
              "too-many-headers",
              "at most " + MOST_FIELDS + " header lines and members of lists")
          .closing();
    }
  }

  private void addSpecial(HeaderKind kind, String name, String folded, String value)
      throws RefusedException {
    switch (kind) {
      case CONTENT_LENGTH -> {
        if (!FieldSyntax.isDigits(value)) {
          throw RefusedException.badRequest("content-length", "Content-Length must be digits");
        }
        survivors.add(name, value);
      }
      case CONNECTION -> {
        refuseOnHttp2(name);
        countMembers(value);
        if (connection == null) {
          connection = new ConnectionOptions();
        }
        connection.add(value, catalogue);
      }
      case TRANSFER_ENCODING, UPGRADE -> refuseOnHttp2(name);
      case EXPECT -> {
        if (!value.equalsIgnoreCase("100-continue")) {
          throw new RefusedException(
                  417, "BadRequest", "expect", "Expect must be 100-continue or absent")
              .closing();
        }
      }
      case WEB_SOCKET_PROTOCOL -> {
        countMembers(value);
        if (protocols == null) {
          protocols = new WebSocketProtocols();
        }
        protocols.add(value);
      }
      case IMPERSONATION -> {
        if (impersonation == null) {
          impersonation = new ImpersonationHeaders();
        }
        impersonation.add(name, folded, value);
      }
      case FRONT_PROXY -> addFrontProxy(name, folded, value);
      case FORWARDED_FOR -> sources.addChain(value);
      case REAL_IP -> sources.addClient(value);
      case FORWARDING -> {
        if (sources.peerIsTrusted()) {
          survivors.add(name, value);
        }
      }
      default -> {
        // hop-by-hop and protected headers end here; the others were kept in "single"
      }
    }
  }

  /** A name with an underscore is not the header that it looks like to some. */
  private static boolean isAnotherHeader(HeaderKind kind, String name) {
    return name.indexOf('_') >= 0
        && kind != HeaderKind.IMPERSONATION
        && kind != HeaderKind.FRONT_PROXY;
  }

  private void addFrontProxy(String name, String folded, String value) throws RefusedException {
    String key = name.toLowerCase(java.util.Locale.ROOT);
    if (frontProxy.isEmpty()) {
      frontProxy = new HashMap<>();
    }
    List<String> values = frontProxy.computeIfAbsent(key, k -> new ArrayList<>(1));
    values.add(value);
    if (values.size() > 1 && catalogue.isSingleFrontProxyHeader(folded)) {
      throw RefusedException.badRequest("duplicate-front-proxy-header", name + " must occur once");
    }
  }

  private void refuseOnHttp2(String name) throws RefusedException {
    if (request.http2()) {
      throw RefusedException.badRequest(
          "connection-header-on-http2", name + " must not be sent over HTTP/2");
    }
  }

  RequestHead finish() throws RefusedException {
    checkHost();
    checkFraming();
    String upgrade = "";
    if (connection != null) {
      for (String dropped : connection.named()) {
        survivors.remove(dropped);
      }
      if (connection.upgrade() && !request.http10()) {
        upgrade = single.getOrDefault(HeaderKind.UPGRADE, "");
      }
    }
    sources.writeTo(survivors);
    if (protocols != null) {
      String rest = protocols.withoutBearer();
      if (!rest.isEmpty()) {
        survivors.add("Sec-WebSocket-Protocol", rest);
      }
    }
    return new RequestHead(
        trust,
        request,
        sources.origin(),
        survivors,
        upgrade,
        single.containsKey(HeaderKind.EXPECT) && !request.http10(),
        new Credentials(
            single.get(HeaderKind.AUTHORIZATION),
            protocols == null ? List.of() : protocols.entries(),
            frontProxy,
            impersonation == null ? null : impersonation.read()));
  }

  private void checkHost() throws RefusedException {
    String host = single.get(HeaderKind.HOST);
    String authority = request.authority();
    if (request.http2()) {
      if (host != null && authority != null && !host.equalsIgnoreCase(authority)) {
        throw RefusedException.badRequest("host", "Host must be equal to :authority");
      }
      host = authority == null ? host : authority;
    }
    if (host == null && request.http10()) {
      return;
    }
    if (host == null || !FieldSyntax.isHost(host)) {
      throw RefusedException.badRequest("host", "Host must name one host");
    }
  }

  private void checkFraming() throws RefusedException {
    String encoding = single.get(HeaderKind.TRANSFER_ENCODING);
    if (encoding == null) {
      return;
    }
    if (request.http10() || !encoding.equalsIgnoreCase("chunked")) {
      throw RefusedException.badRequest(
          "transfer-encoding", "Transfer-Encoding must be chunked, in 1.1 only, or absent");
    }
    if (single.containsKey(HeaderKind.CONTENT_LENGTH)) {
      throw RefusedException.badRequest(
          "length-and-encoding", "Content-Length and Transfer-Encoding must not come together");
    }
  }
}
