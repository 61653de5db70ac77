package io.apfproxy.authn.head;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Whose certificates are believed, and for what. Replaced as a whole when a source changes.
 *
 * @param clientAuthorities sign certificates of users; empty if none are accepted
 * @param frontProxyAuthorities sign certificates of front proxies; empty if none are accepted
 * @param allowedNames common names a front proxy may have; empty for any
 * @param accepted headers believed from a front proxy
 * @param upstream headers the upstream believes from us
 * @param upstreamKnown whether those were read; else they are a guess, and the upstream may have
 *     others, in which a client could tell it anything
 */
public record ClientTrust(
    List<X509Certificate> clientAuthorities,
    List<X509Certificate> frontProxyAuthorities,
    List<String> allowedNames,
    FrontProxyHeaders accepted,
    FrontProxyHeaders upstream,
    boolean upstreamKnown) {
  /** No certificate is believed. */
  public static final ClientTrust NONE =
      new ClientTrust(
          List.of(),
          List.of(),
          List.of(),
          FrontProxyHeaders.STANDARD,
          FrontProxyHeaders.STANDARD,
          false);

  public ClientTrust {
    clientAuthorities = List.copyOf(clientAuthorities);
    frontProxyAuthorities = List.copyOf(frontProxyAuthorities);
    allowedNames = List.copyOf(allowedNames);
  }
}
