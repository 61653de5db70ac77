package io.apfproxy.replay.audit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;

/** The lines of a stream of bytes, one at a time in the same array. Not thread-safe. */
final class LineSplitter {
  /** Events hold whole objects at level RequestResponse, of which there are two; escaped. */
  static final int LONGEST = 32 << 20;

  private static final int READ = 1 << 16;

  private final InputStream in;
  private byte[] chunk = new byte[READ];
  private int at;
  private int end;
  private byte[] line = new byte[1 << 12];
  private int length;
  private boolean tooLong;

  LineSplitter(InputStream in) {
    this.in = in;
  }

  /** Reads the next one; false if there is none. */
  boolean next() throws IOException {
    length = 0;
    tooLong = false;
    boolean any = false;
    while (fill()) {
      any = true;
      int newline = at;
      while (newline < end && chunk[newline] != '\n') {
        newline++;
      }
      append(newline);
      if (newline < end) {
        at = newline + 1;
        return true;
      }
      at = end;
    }
    return any;
  }

  private boolean fill() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(chunk));
    }
    return at < end;
  }

  private void append(int to) {
    int more = to - at;
    if (tooLong || length + more > LONGEST) {
      tooLong = true;
      return;
    }
    if (length + more > line.length) {
      line = Arrays.copyOf(line, Math.max(2 * line.length, length + more));
    }
    System.arraycopy(chunk, at, line, length, more);
    length += more;
  }

  /** The line, without its end; more may stand behind {@link #length}. */
  byte[] bytes() {
    return line;
  }

  int length() {
    return length;
  }

  /** Whether it was longer than is read. */
  boolean isTooLong() {
    return tooLong;
  }

  /** All from the beginning of this line on; the splitter is of no use afterwards. */
  InputStream rest() {
    return new SequenceInputStream(
        new SequenceInputStream(
            new ByteArrayInputStream(line, 0, length),
            new ByteArrayInputStream(chunk, at, end - at)),
        in);
  }

  /** Whether it holds white space only. */
  boolean isBlank() {
    for (int i = 0; i < length; i++) {
      if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r') {
        return false;
      }
    }
    return true;
  }

  /** Whether it holds the beginning of an object and nothing else. */
  boolean isBrace() {
    int first = 0;
    int last = length;
    while (first < last && line[first] <= ' ') {
      first++;
    }
    while (last > first && line[last - 1] <= ' ') {
      last--;
    }
    return last - first == 1 && line[first] == '{';
  }
}
