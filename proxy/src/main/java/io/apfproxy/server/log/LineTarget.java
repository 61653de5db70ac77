package io.apfproxy.server.log;

import java.io.IOException;

/** Where a {@link LineWriter} puts its lines. Belongs to one thread, and may block it. */
interface LineTarget {
  /** Adds a line; a file that is not open is opened. What it writes may be there later only. */
  void write(LineBuffer line) throws IOException;

  /** Lets all that was written be there. */
  void flush() throws IOException;

  /** Looks whether its file is still there; called about once a second. */
  void look();

  /** Closes what is open. What was not flushed may be lost. */
  void closeQuietly();
}
