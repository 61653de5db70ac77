package io.apfproxy.flowcontrol;

import org.jspecify.annotations.Nullable;

/**
 * Told what would have become of a request that is not held to its level's decision. On any thread,
 * never while a level's lock is held. Source: specification seeing.md V-37.
 */
public interface ShadowListener {
  /**
   * It would have been sent on now, after it had waited. Not told of one that would not have
   * waited. At most one call of this and {@link #onWouldReject}.
   *
   * @param waitedNanos from its arrival, above 0
   */
  default void onWouldExecute(long waitedNanos) {}

  /**
   * It would have been refused. At most one call.
   *
   * @param waitedNanos from its arrival, from 0
   */
  default void onWouldReject(Rejection rejection, long waitedNanos) {}

  /**
   * Its exchange is over, but it would still wait.
   *
   * @return who is told from now on, and keeps little of the request; null for nobody
   */
  default @Nullable ShadowListener afterExchange() {
    return null;
  }
}
