package io.apfproxy.upstream.exchange;

import io.apfproxy.request.RefusedException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * Told how one exchange goes, on the request's event loop. Either {@link #responded} or {@link
 * #failed} is called, at most one of them and at most once; {@link #ended} exactly once.
 */
public interface ExchangeListener {
  /**
   * The upstream's response head is about to go to the client.
   *
   * @param headers as they will be sent; lines may be added
   */
  void responded(int code, MultiMap headers);

  /** Those that it holds. */
  default HeldSeats seats() {
    return HeldSeats.NONE;
  }

  /** How long it may still take, in nanoseconds; {@link Long#MAX_VALUE} for as long as it likes. */
  default long nanosLeft() {
    return Long.MAX_VALUE;
  }

  /** Bytes of the response body, as they flow. */
  void body(Buffer bytes);

  /**
   * Bytes have passed, either way.
   *
   * @return nanoseconds for which no more are to pass, from either side; 0 of one that holds seats
   */
  default long moved() {
    return 0;
  }

  /** Nothing has been sent to the client: answer with this. */
  void failed(RefusedException refusal);

  /**
   * The response is about to break off.
   *
   * @return whether it may end instead, if it stands between two lines: a watch, whose client goes
   *     on from the last event
   */
  default boolean mayEndHere(String rule) {
    return false;
  }

  /** The response was cut off, so that it does not look complete. */
  void cut(String rule);

  /**
   * Some of the response will still wait for its client when {@link #ended} has been told. {@link
   * #drained} follows, whatever happens.
   */
  default void draining() {}

  /** Nothing of the response waits any more. */
  default void drained() {}

  /**
   * The upstream no longer works on the request, as far as can be known: give the seats back.
   *
   * @param complete whether its response arrived whole
   */
  void ended(boolean complete);
}
