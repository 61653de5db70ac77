package io.apfproxy.server.log;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * The bytes of one line, which is made here and written from here: in the end nothing is allocated
 * for a line. Belongs to one thread.
 */
final class LineBuffer {
  private static final int USUAL = 8 << 10;

  /** A longer line is rare, and leaves its room behind. */
  private static final int MOST_KEPT = 64 << 10;

  private static final int UNKNOWN = '?';
  private static final int LONGEST_NUMBER = 20;

  private byte[] bytes = new byte[USUAL];
  private int length;

  /** It is empty afterwards. */
  void clear() {
    length = 0;
    if (bytes.length > MOST_KEPT) {
      bytes = new byte[USUAL];
    }
  }

  /** In bytes. */
  int length() {
    return length;
  }

  /** The last byte; only if there is one. */
  byte last() {
    return bytes[length - 1];
  }

  /** Adds a character of ASCII. */
  void add(char ascii) {
    room(1);
    bytes[length++] = (byte) ascii;
  }

  /** Adds a text of ASCII. */
  void ascii(String text) {
    int size = text.length();
    room(size);
    byte[] into = bytes;
    int at = length;
    for (int i = 0; i < size; i++) {
      into[at + i] = (byte) text.charAt(i);
    }
    length = at + size;
  }

  /** Adds a number's decimal digits. */
  void number(long value) {
    if (value < 0) {
      ascii(Long.toString(value));
      return;
    }
    room(LONGEST_NUMBER);
    int digits = 1;
    for (long rest = value; rest > 9; rest /= 10) {
      digits++;
    }
    long rest = value;
    for (int at = length + digits - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  /**
   * Adds characters that JSON has as they are, all of ASCII, as many as there are.
   *
   * @param from the first one
   * @return the first one that was not added; the text's length if there is none
   */
  int plain(CharSequence text, int from) {
    int end = text.length();
    room(end - from);
    byte[] into = bytes;
    int to = length;
    int at = from;
    for (; at < end; at++) {
      char character = text.charAt(at);
      if (character >= 0x80 || character < ' ' || character == '"' || character == '\\') {
        break;
      }
      into[to++] = (byte) character;
    }
    length = to;
    return at;
  }

  /**
   * Adds a character beyond ASCII as UTF-8.
   *
   * @param text that it stands in; half of a surrogate pair becomes a question mark
   * @return how many {@code char}s it takes there
   */
  int beyondAscii(CharSequence text, int at) {
    room(4);
    char first = text.charAt(at);
    if (first < 0x800) {
      bytes[length++] = (byte) (0xC0 | (first >> 6));
    } else if (!Character.isSurrogate(first)) {
      bytes[length++] = (byte) (0xE0 | (first >> 12));
      bytes[length++] = (byte) (0x80 | ((first >> 6) & 0x3F));
    } else if (Character.isHighSurrogate(first)
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1))) {
      int whole = Character.toCodePoint(first, text.charAt(at + 1));
      bytes[length++] = (byte) (0xF0 | (whole >> 18));
      bytes[length++] = (byte) (0x80 | ((whole >> 12) & 0x3F));
      bytes[length++] = (byte) (0x80 | ((whole >> 6) & 0x3F));
      bytes[length++] = (byte) (0x80 | (whole & 0x3F));
      return 2;
    } else {
      bytes[length++] = UNKNOWN;
      return 1;
    }
    bytes[length++] = (byte) (0x80 | (first & 0x3F));
    return 1;
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
