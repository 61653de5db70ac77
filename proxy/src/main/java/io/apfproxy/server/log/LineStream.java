package io.apfproxy.server.log;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The stream that lines go to, while there is one. Belongs to one thread, and may block it. */
final class LineStream {
  private static final int BUFFER = 64 << 10;

  private @Nullable OutputStream out;

  boolean isOpen() {
    return out != null;
  }

  /** Lines go there from now on; it is closed with this one. */
  void open(OutputStream to) {
    out = new BufferedOutputStream(to, BUFFER);
  }

  /** To be called only while it is open. */
  void write(LineBuffer line) throws IOException {
    OutputStream open = out;
    if (open == null) {
      throw new IllegalStateException("is not open");
    }
    line.writeTo(open);
  }

  /** Harmless if it is not open. */
  void flush() throws IOException {
    OutputStream open = out;
    if (open != null) {
      open.flush();
    }
  }

  /** It is not open afterwards, also if that fails. Harmless if it is not open. */
  void close() throws IOException {
    OutputStream open = out;
    out = null;
    if (open != null) {
      open.close();
    }
  }

  /** The same; what was not flushed may be lost, and the next one is a new one. */
  void closeQuietly() {
    try {
      close();
    } catch (IOException e) {
      // nobody could do anything about it
    }
  }
}
