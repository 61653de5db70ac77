package io.apfproxy.upstream.wire;

import io.apfproxy.request.HeaderLines;
import java.util.List;

/** A request of which only who sends it matters. */
final class PlainRequest {
  private PlainRequest() {}

  static Outgoing by(Sender sender) {
    return new Outgoing(
        "GET",
        "/api",
        new HeaderLines(),
        sender,
        "127.0.0.1",
        null,
        "audit",
        "",
        false,
        LaneKind.SMALL,
        false,
        List.of());
  }
}
