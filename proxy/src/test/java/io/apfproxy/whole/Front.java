package io.apfproxy.whole;

import java.io.IOException;

/** What may stand between the clients and the upstream. */
interface Front {
  /** Its name in tables. */
  String name();

  /** Which one it is, with its version, or why it is not measured. */
  Presence presence();

  /** Starts it and waits until it serves. */
  RunningFront start(Site site, Upstream upstream) throws IOException;

  /**
   * Whether it is there.
   *
   * @param text its version, or why it is absent
   */
  record Presence(boolean isThere, String text) {}
}
