package io.apfproxy.server.listen;

import io.apfproxy.request.RefusedException;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import org.jspecify.annotations.Nullable;

/** What a client is told whose request the codec could not read. */
public final class UnreadableHead {
  private UnreadableHead() {}

  /**
   * @param cause as the codec has it
   * @return null if the client left in the middle of a head: nobody is there to be answered
   */
  public static @Nullable RefusedException refusal(Throwable cause) {
    if (cause instanceof PrematureChannelClosureException) {
      return null;
    }
    if (cause instanceof RefusedException known) {
      return known; // by HeadMeter
    }
    if (cause instanceof TooLongHttpLineException) {
      return new RefusedException(414, "BadRequest", "request-line", "request line too long");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return new RefusedException(431, "BadRequest", "header-size", "header block too large");
    }
    if (cause instanceof Http1Versions.UnknownVersionException) {
      return new RefusedException(505, "BadRequest", "version", String.valueOf(cause.getMessage()));
    }
    return RefusedException.badRequest("syntax", "not a well-formed HTTP request");
  }
}
