package io.apfproxy.upstream;

import io.apfproxy.nullness.Nullable;
import io.apfproxy.request.RefusedException;

/** What a client is told when the upstream does not do its part. */
final class UpstreamFault {
  private UpstreamFault() {}

  /** Nothing was executed: the client may ask again at once. */
  static RefusedException unreachable(Throwable cause) {
    OutOfMemory.endIf(cause);
    return new RefusedException(
            503, "ServiceUnavailable", "upstream-unreachable", "no upstream can be reached")
        .causedBy(cause)
        .retryAfter(1);
  }

  /** The request may have been executed. */
  static RefusedException broken(@Nullable Throwable cause) {
    OutOfMemory.endIf(cause);
    RefusedException broken =
        new RefusedException(
            502, "InternalError", "upstream-broken", "the upstream broke the exchange");
    return cause == null ? broken : broken.causedBy(cause);
  }

  static RefusedException protocol(String message) {
    return new RefusedException(502, "InternalError", "upstream-protocol", message);
  }

  /** Its body goes unread: whoever wrote the head wrote that too. */
  static RefusedException redirect() {
    return new RefusedException(
        502,
        "InternalError",
        "upstream-redirect",
        "the upstream attempted to redirect this request to another host, which is not permitted");
  }

  static RefusedException deadline() {
    return new RefusedException(
        504, "Timeout", "deadline", "the request did not complete within its time");
  }
}
