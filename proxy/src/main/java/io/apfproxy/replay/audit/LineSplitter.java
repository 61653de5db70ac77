package io.apfproxy.replay.audit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;

/** The lines of a stream of bytes, one at a time in the same array. Not thread-safe. */
final class LineSplitter {
  /** Events hold whole objects at level RequestResponse, of which there are two; escaped. */
  private static final int LONGEST = 32 << 20;

  private static final int READ = 1 << 16;

  private final InputStream in;
  private byte[] chunk = new byte[READ];
  private int at;
  private int end;
  private byte[] line = new byte[1 << 12];
  private int length;
  private boolean goesOn;

  LineSplitter(InputStream in) {
    this.in = in;
  }

  /** Reads the next one, or so much of it as is kept; false if there is none. */
  boolean next() throws IOException {
    length = 0;
    goesOn = false;
    boolean any = false;
    while (!goesOn && fill()) {
      any = true;
      int newline = newline();
      if (length + newline - at > LONGEST) {
        goesOn = true;
        return true;
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

  /** Where the line ends of what has been read, or that does. */
  private int newline() {
    int newline = at;
    while (newline < end && chunk[newline] != '\n') {
      newline++;
    }
    return newline;
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

  /** Whether it is longer than is kept, and so is to be read as it comes: {@link #whole}. */
  boolean goesOn() {
    return goesOn;
  }

  /** All of a line that goes on; to be read to its end before the next one. */
  InputStream whole() {
    return new SequenceInputStream(new ByteArrayInputStream(line, 0, length), new Tail());
  }

  /** What is still to come of a line. */
  private final class Tail extends InputStream {
    private boolean ended;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int most) throws IOException {
      if (ended || !fill()) {
        return -1;
      }
      int newline = newline();
      int number = Math.min(most, newline - at);
      System.arraycopy(chunk, at, to, offset, number);
      at += number;
      if (at == newline && newline < end) {
        at++;
        ended = true;
      }
      return number > 0 || !ended ? number : -1;
    }
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
