package io.apfproxy.authn.head;

import io.apfproxy.request.HopByHop;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Tells the kind of a header by its name, for one set of front-proxy names. Immutable. */
final class HeaderCatalogue {
  private static final Map<String, HeaderKind> FIXED =
      Map.ofEntries(
          Map.entry("host", HeaderKind.HOST),
          Map.entry("content-length", HeaderKind.CONTENT_LENGTH),
          Map.entry("transfer-encoding", HeaderKind.TRANSFER_ENCODING),
          Map.entry("connection", HeaderKind.CONNECTION),
          Map.entry("upgrade", HeaderKind.UPGRADE),
          Map.entry("expect", HeaderKind.EXPECT),
          Map.entry("authorization", HeaderKind.AUTHORIZATION),
          Map.entry("sec-websocket-protocol", HeaderKind.WEB_SOCKET_PROTOCOL),
          Map.entry("x-forwarded-for", HeaderKind.FORWARDED_FOR),
          Map.entry("x-real-ip", HeaderKind.REAL_IP),
          Map.entry("x-forwarded-client-cert", HeaderKind.FORWARDING),
          Map.entry("x-client-ip", HeaderKind.FORWARDING),
          Map.entry("audit-id", HeaderKind.PROTECTED),
          Map.entry("x-original-url", HeaderKind.PROTECTED),
          Map.entry("x-rewrite-url", HeaderKind.PROTECTED),
          Map.entry("x-remote-user", HeaderKind.FRONT_PROXY),
          Map.entry("x-remote-group", HeaderKind.FRONT_PROXY),
          Map.entry("x-remote-uid", HeaderKind.FRONT_PROXY));

  /*
   * Every name starts with one of few letters, so the walk over the prefixes is entered for "x-" and
   * names like "impersonate-" only; the ordinary header costs one look into a hash table.
   */
  private static final Map<String, HeaderKind> FIXED_PREFIXES =
      Map.ofEntries(
          Map.entry("impersonate-", HeaderKind.IMPERSONATION),
          Map.entry("x-forwarded-user", HeaderKind.FORWARDING),
          Map.entry("x-forwarded-group", HeaderKind.FORWARDING),
          Map.entry("x-forwarded-email", HeaderKind.FORWARDING),
          Map.entry("x-forwarded-preferred-", HeaderKind.FORWARDING),
          Map.entry("x-forwarded-access-", HeaderKind.FORWARDING),
          Map.entry("x-remote-extra-", HeaderKind.FRONT_PROXY),
          Map.entry("x-ssl-", HeaderKind.PROTECTED),
          Map.entry("ssl-client-", HeaderKind.PROTECTED),
          Map.entry("x-http-method", HeaderKind.PROTECTED),
          Map.entry("x-apf-", HeaderKind.PROTECTED));

  private record Prefix(String text, HeaderKind kind) {}

  private final Map<String, HeaderKind> names = new HashMap<>(FIXED);
  private final List<Prefix> prefixes;
  private final boolean[] prefixStarts = new boolean[128];
  private final Set<String> onceOnly = new HashSet<>();

  HeaderCatalogue(FrontProxyHeaders accepted, FrontProxyHeaders upstream) {
    Map<String, HeaderKind> all = new HashMap<>(FIXED_PREFIXES);
    HopByHop.NAMES.forEach(name -> names.putIfAbsent(name, HeaderKind.HOP_BY_HOP));
    onceOnly.add("x-remote-user");
    onceOnly.add("x-remote-uid");
    for (FrontProxyHeaders headers : List.of(accepted, upstream)) {
      headers.user().forEach(name -> protect(name, true));
      headers.uid().forEach(name -> protect(name, true));
      headers.group().forEach(name -> protect(name, false));
      headers
          .extraPrefix()
          .forEach(prefix -> all.putIfAbsent(FieldSyntax.fold(prefix), HeaderKind.FRONT_PROXY));
    }
    prefixes = all.entrySet().stream().map(e -> new Prefix(e.getKey(), e.getValue())).toList();
    for (Prefix prefix : prefixes) {
      prefixStarts[prefix.text().charAt(0)] = true;
    }
  }

  private void protect(String name, boolean once) {
    names.put(FieldSyntax.fold(name), HeaderKind.FRONT_PROXY);
    if (once) {
      onceOnly.add(FieldSyntax.fold(name));
    }
  }

  /**
   * @param folded name after {@link FieldSyntax#fold}, a token
   */
  HeaderKind kind(String folded) {
    HeaderKind kind = names.get(folded);
    if (kind != null) {
      return kind;
    }
    if (prefixStarts[folded.charAt(0)]) {
      for (Prefix prefix : prefixes) {
        if (folded.startsWith(prefix.text())) {
          return prefix.kind();
        }
      }
    }
    return HeaderKind.ORDINARY;
  }

  /** Whether a front-proxy header names a user or uid, of which there can only be one. */
  boolean isSingleFrontProxyHeader(String folded) {
    return onceOnly.contains(folded);
  }
}
