package io.apfproxy.upstream.wire;

/**
 * What a connection to the upstream presents in its TLS handshake. Each has its own connections, so
 * that no request can run with the rights of another's certificate.
 */
public enum Credential {
  /** No certificate. */
  NONE,
  /** The front-proxy certificate, with which {@code X-Remote-*} headers are believed. */
  FRONT_PROXY,
  /** The proxy's own certificate, if it has one. */
  OWN
}
