package io.apfproxy.upstream.exchange;

import io.apfproxy.request.HeaderLines;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Sender;
import java.util.List;

/** Requests on their way to the upstream. */
final class Requests {
  private Requests() {}

  /**
   * @param survivors header lines of the client's that are passed on
   */
  static Outgoing of(String method, HeaderLines survivors, Sender sender, LaneKind kind) {
    return new Outgoing(
        method,
        "/api",
        survivors,
        sender,
        "192.0.2.1",
        "proxy",
        "id",
        "",
        false,
        kind,
        false,
        List.of());
  }
}
