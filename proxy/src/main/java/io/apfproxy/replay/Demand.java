package io.apfproxy.replay;

import io.apfproxy.request.RequestDigest;
import io.apfproxy.work.WorkInputs;
import org.jspecify.annotations.Nullable;

/** A request to be: what is asked, and what serving it takes. */
public interface Demand {
  /** It was served; nothing that its client has to wait for. */
  int SERVED = 0;

  RequestDigest digest();

  /** User-Agent; empty if unknown. */
  String agent();

  /**
   * How long it is served once it holds its seats, in nanoseconds, at least 1; of a watch, until it
   * is initialised. Asked for once.
   */
  long serviceNanos();

  /** What its width is made from; null for what its server knows. */
  default @Nullable WorkInputs inputs() {
    return null;
  }

  /** The instant at which its client leaves, if it still waits. Asked for once. */
  default long leavesAtNanos() {
    return Long.MAX_VALUE;
  }

  /** The instant at which a watch is closed, if it is initialised by then. Asked for once. */
  default long closesAtNanos() {
    return Long.MAX_VALUE;
  }

  /**
   * It has ended.
   *
   * @param retryAfterSeconds {@link #SERVED}, or if it was refused for good, when its client may
   *     come back
   */
  default void ended(int retryAfterSeconds) {}
}
