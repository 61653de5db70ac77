package io.apfproxy.app;

import java.util.concurrent.atomic.LongAdder;

/** Counts the lines that the log of this process dropped; several proxies in it share that log. */
final class DroppedLines {
  // apart from the log, whose library is not there where a proxy is embedded in another program
  private static final LongAdder DROPPED = new LongAdder();

  private DroppedLines() {}

  static void count() {
    DROPPED.increment();
  }

  /** How many since the start. */
  static long sum() {
    return DROPPED.sum();
  }
}
