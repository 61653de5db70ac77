package io.apfproxy.upstream.exchange;

import io.apfproxy.report.Traffic;

/** A request on its way through the upstream. Belongs to the event loop of its request. */
public interface Exchange extends Traffic {
  /** The client has gone: reset the upstream's side. */
  void cancel();

  /**
   * Something was thrown on the way, and nothing is known of how far it came: writes no more to the
   * client, and resets the upstream's side.
   */
  void abandon();

  /**
   * Its time is up: 504 if no response head went out, else the response is cut off. The upstream's
   * side is reset.
   */
  void expire();

  /**
   * Ends a response that has begun, between two events of a watch if it stands there, and a tunnel.
   *
   * @param rule why, for what has to be cut off
   */
  void finishWatch(String rule);
}
