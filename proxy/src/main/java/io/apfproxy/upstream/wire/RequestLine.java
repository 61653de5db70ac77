package io.apfproxy.upstream.wire;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.HostAndPort;

/**
 * What a request begins with.
 *
 * @param target in the form of RFC 9112 3.2.1
 * @param authority value of {@code Host}
 */
record RequestLine(HttpMethod method, String target, HostAndPort authority) {}
