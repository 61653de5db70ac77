package io.apfproxy.real;

import io.apfproxy.fixtures.raw.Http1WireClient;
import io.apfproxy.fixtures.raw.Http2WireClient;
import io.apfproxy.fixtures.raw.WireClient;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** What probes are sent with. */
enum WireProtocol {
  HTTP1,
  HTTP2;

  /**
   * @param name {@code http1}, {@code http2} or {@code both}
   */
  static List<WireProtocol> named(String name) {
    List<WireProtocol> named =
        Stream.of(values())
            .filter(one -> name.equals("both") || one.toString().equals(name))
            .toList();
    if (named.isEmpty()) {
      throw new IllegalArgumentException("no protocol " + name);
    }
    return named;
  }

  /** Whether a client is for several threads, and so has several requests on its way at a time. */
  boolean isShared() {
    return this == HTTP2;
  }

  WireClient client(URI server, SSLContext context) {
    return this == HTTP1
        ? new Http1WireClient(server, context)
        : new Http2WireClient(server, context);
  }

  @Override
  public String toString() {
    return this == HTTP1 ? "http1" : "http2";
  }
}
