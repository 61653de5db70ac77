package io.apfproxy.authn.head;

import io.vertx.core.MultiMap;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the listener knows of a request before anything was decided about it.
 *
 * @param method as sent
 * @param headers as received, never edited
 * @param http2 whether it came by HTTP/2
 * @param http10 whether it came by HTTP/1.0, which knows no {@code Host}, chunks, 100 or upgrade
 * @param authority {@code Host} or {@code :authority} as the listener read it; null if there was
 *     none
 * @param peerCertificates the client's chain as the TLS handshake saw it, unverified; empty if none
 * @param peerAddress address of the socket's other end
 */
public record ClientRequest(
    String method,
    MultiMap headers,
    boolean http2,
    boolean http10,
    @Nullable String authority,
    List<X509Certificate> peerCertificates,
    String peerAddress) {
  /** One by HTTP/2 or HTTP/1.1. */
  public ClientRequest(
      String method,
      MultiMap headers,
      boolean http2,
      @Nullable String authority,
      List<X509Certificate> peerCertificates,
      String peerAddress) {
    this(method, headers, http2, false, authority, peerCertificates, peerAddress);
  }
}
