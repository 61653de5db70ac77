package io.apfproxy.app;

import io.apfproxy.tls.KeysInMemory;

/**
 * Leaves out what libraries do at their start that nobody here needs. For the program only, before
 * anything of theirs is loaded.
 */
public final class LeanStart {
  /** Netty's events for the JVM's recorder: whoever records may have them, by this property. */
  private static final String EVENTS = "io.netty.jfr.enabled";

  private LeanStart() {}

  /** From now on. */
  public static void demand() {
    if (System.getProperty(EVENTS) == null) {
      System.setProperty(EVENTS, "false");
    }
    KeysInMemory.demand();
  }
}
