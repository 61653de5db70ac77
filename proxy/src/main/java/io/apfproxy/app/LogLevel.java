package io.apfproxy.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** How much the program logs. For the program only: an embedded proxy leaves this to its host. */
public final class LogLevel {
  private static final int DEBUG = 4;
  private static final int TRACE = 6;

  private LogLevel() {}

  /**
   * Sets it as Kubernetes' programs number it.
   *
   * @param verbosity 0 and up: information; 4: debugging; 6: everything of ours
   */
  public static void set(int verbosity) {
    if (verbosity >= DEBUG && LoggerFactory.getLogger("io.apfproxy") instanceof Logger ours) {
      ours.setLevel(verbosity >= TRACE ? Level.TRACE : Level.DEBUG);
    }
  }

  /** Writes what is still to be written. */
  public static void flush() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }
}
