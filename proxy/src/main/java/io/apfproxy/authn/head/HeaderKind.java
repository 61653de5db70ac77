package io.apfproxy.authn.head;

/** What a header is to the proxy. Source: specification security.md 3.1. */
enum HeaderKind {
  HOST,
  CONTENT_LENGTH,
  TRANSFER_ENCODING,
  CONNECTION,
  UPGRADE,
  EXPECT,
  AUTHORIZATION,
  WEB_SOCKET_PROTOCOL,
  IMPERSONATION,
  /** Belongs to the connection, not to the message. */
  HOP_BY_HOP,
  /** Of a front proxy, accepted by us or by the upstream. */
  FRONT_PROXY,
  /** Names the addresses that a request came from, as {@code X-Forwarded-For} does. */
  FORWARDED_FOR,
  /** Names the one address that a request came from. */
  REAL_IP,
  /** Says where a request came from, or of whom; kept if the peer may say so. */
  FORWARDING,
  /** Dropped: to be said by the proxy alone. */
  PROTECTED,
  /** Copied. */
  ORDINARY;

  boolean mayOccurOnce() {
    return switch (this) {
      case HOST, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE, EXPECT, AUTHORIZATION -> true;
      default -> false;
    };
  }

  /** Whether a {@code Connection} header that names it can only be an attack. */
  boolean mayNotBeNamedByConnection() {
    return switch (this) {
      case HOST,
          CONTENT_LENGTH,
          AUTHORIZATION,
          WEB_SOCKET_PROTOCOL,
          IMPERSONATION,
          FRONT_PROXY,
          FORWARDED_FOR,
          REAL_IP,
          FORWARDING,
          PROTECTED ->
          true;
      default -> false;
    };
  }
}
