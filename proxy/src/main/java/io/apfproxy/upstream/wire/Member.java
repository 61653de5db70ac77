package io.apfproxy.upstream.wire;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.function.BooleanSupplier;

/**
 * One kube-apiserver of the upstream, as requests are sent to it. Belongs to one event loop; what
 * it tells, it tells on the context of the request.
 */
public interface Member {
  /** How much of a response comes before anybody reads it. */
  int STREAM_WINDOW = 256 << 10;

  /** Its URL as configured. */
  URI server();

  /** Value of {@code Host} there. */
  String authority(Outgoing request);

  /** The target there. */
  String target(Outgoing request);

  /**
   * A stream or connection to send the request on. Fails only if certainly nothing was sent.
   *
   * @param wanted whether somebody still waits for it
   */
  Future<HttpClientRequest> open(Outgoing request, BooleanSupplier wanted);

  /** A connection of its own for an upgrade: HTTP/1.1, nothing sent yet. */
  Future<NetSocket> dial(Credential credential);

  /**
   * Resets a request's stream as soon as its connection bears that; one of HTTP/1.1 is closed at
   * once.
   *
   * @param reset does it; called at most once
   * @return to be called if the stream ends otherwise
   */
  Runnable reset(HttpClientRequest request, Runnable reset);

  /** Whether it said that it went away before it looked at this request. */
  boolean wentAwayBefore(HttpClientRequest request);
}
