package io.apfproxy.replay.audit;

import java.io.IOException;

/** Reads entries one after the other. Not thread-safe. */
interface Cursor extends AutoCloseable {
  /**
   * Reads the next one.
   *
   * @return false if there is none
   */
  boolean read(Entry entry) throws IOException;

  @Override
  void close() throws IOException;
}
