package io.apfproxy.upstream;

/** A request on its way through the upstream. Belongs to the event loop of its request. */
public interface Exchange {
  /** The client has gone: reset the upstream's side. */
  void cancel();

  /**
   * Its time is up: 504 if no response head went out, else the response is cut off. The upstream's
   * side is reset.
   */
  void expire();

  /** The proxy shuts down: a watch ends between two events, anything else goes on. */
  void finishWatch();
}
