package io.apfproxy.upstream.exchange;

import io.apfproxy.process.OutOfMemory;
import io.apfproxy.request.RefusedException;
import org.jspecify.annotations.Nullable;

/** What a client is told when the upstream, or the client itself, does not do its part. */
public final class UpstreamFault {
  private UpstreamFault() {}

  /**
   * Nothing was executed: the client may ask again.
   *
   * @param cause null if it was not even tried
   */
  public static RefusedException unreachable(@Nullable Throwable cause, int retryAfterSeconds) {
    OutOfMemory.endIf(cause);
    RefusedException unreachable =
        new RefusedException(
                503, "ServiceUnavailable", "upstream-unreachable", "no upstream can be reached")
            .retryAfter(retryAfterSeconds);
    return cause == null ? unreachable : unreachable.causedBy(cause);
  }

  /** The request may have been executed. */
  public static RefusedException broken(@Nullable Throwable cause) {
    OutOfMemory.endIf(cause);
    RefusedException broken =
        new RefusedException(
            502, "InternalError", "upstream-broken", "the upstream broke the exchange");
    return cause == null ? broken : broken.causedBy(cause);
  }

  public static RefusedException protocol(String message) {
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

  public static RefusedException slowBody() {
    return new RefusedException(408, "Timeout", "slow-body", "the request body came too slowly")
        .closing();
  }

  public static RefusedException deadline() {
    return new RefusedException(
        504, "Timeout", "deadline", "the request did not complete within its time");
  }
}
