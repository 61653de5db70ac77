package io.apfproxy.whole;

import io.vertx.core.http.HttpVersion;

/** What clients speak over TLS. */
enum Protocol {
  H2(HttpVersion.HTTP_2),
  H1(HttpVersion.HTTP_1_1);

  private final HttpVersion version;

  Protocol(HttpVersion version) {
    this.version = version;
  }

  HttpVersion version() {
    return version;
  }

  /** As ALPN's users call it. */
  String text() {
    return this == H2 ? "h2" : "h1";
  }
}
