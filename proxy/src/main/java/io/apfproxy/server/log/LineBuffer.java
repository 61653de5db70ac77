package io.apfproxy.server.log;

import java.io.ByteArrayOutputStream;

/** The bytes of one line, which is made here and written from here. Belongs to one thread. */
final class LineBuffer extends ByteArrayOutputStream {
  private static final int USUAL = 8 << 10;

  /** A longer line is rare, and leaves its room behind. */
  private static final int MOST_KEPT = 64 << 10;

  LineBuffer() {
    super(USUAL);
  }

  /** It is empty afterwards. */
  void clear() {
    reset();
    if (buf.length > MOST_KEPT) {
      buf = new byte[USUAL];
    }
  }
}
