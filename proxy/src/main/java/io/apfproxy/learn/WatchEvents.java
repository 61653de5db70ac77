package io.apfproxy.learn;

import java.nio.charset.StandardCharsets;

/**
 * Splits a watch stream into events and looks for the bookmark that ends the initial ones. Not
 * thread-safe.
 */
abstract class WatchEvents implements BodySink {
  /*
   * That bookmark holds an object with nothing but a kind, a resource version and one annotation, so only events of at most
   * MOST_BYTES are kept and compared; the others pass unlooked at. Bookmarks hold no text of a user, so finding the annotation's
   * bytes anywhere in one is proof enough.
   */
  static final int MOST_BYTES = 4096;
  static final String ANNOTATION = "k8s.io/initial-events-end";

  private final byte[] event = new byte[MOST_BYTES];
  private int length;
  private boolean tooLong;
  private boolean ended;
  private boolean failed;

  /** Whether the initial events have all been sent. */
  final boolean initialEventsEnded() {
    return ended;
  }

  @Override
  public final boolean isDone() {
    return ended || failed;
  }

  final void fail() {
    failed = true;
  }

  final void append(byte[] bytes, int offset, int count) {
    int kept = Math.min(count, MOST_BYTES - length);
    System.arraycopy(bytes, offset, event, length, kept);
    length += kept;
    tooLong |= kept < count;
  }

  /** The event is whole. */
  final void endEvent(byte[] bookmark, byte[] endMark) {
    ended = !tooLong && startsWith(bookmark) && contains(endMark);
    length = 0;
    tooLong = false;
  }

  final boolean startsWith(byte[] expected) {
    if (length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if (event[i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean contains(byte[] wanted) {
    for (int start = 0; start + wanted.length <= length; start++) {
      int same = 0;
      while (same < wanted.length && event[start + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return true;
      }
    }
    return false;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** One JSON object a line. */
  static final class JsonLines extends WatchEvents {
    private static final byte[] ANY = ascii("{\"type\":\"");
    private static final byte[] BOOKMARK = ascii("{\"type\":\"BOOKMARK\"");
    private static final byte[] END = ascii('"' + ANNOTATION + "\":\"true\"");

    @Override
    public void accept(byte[] bytes, int offset, int length) {
      int end = offset + length;
      int start = offset;
      for (int i = offset; i < end && !isDone(); i++) {
        if (bytes[i] == '\n') {
          append(bytes, start, i - start);
          endLine();
          start = i + 1;
        }
      }
      if (!isDone()) {
        append(bytes, start, end - start);
      }
    }

    private void endLine() {
      if (!startsWith(ANY)) {
        fail(); // written by a server that spells events otherwise
      }
      endEvent(BOOKMARK, END);
    }
  }

  /** Four bytes of length, big-endian, then a {@code WatchEvent} message. */
  static final class ProtobufFrames extends WatchEvents {
    private static final byte[] BOOKMARK = ascii("\n\bBOOKMARK"); // field 1, 8 bytes
    private static final byte[] END =
        ascii("\n" + (char) ANNOTATION.length() + ANNOTATION + "\u0012\u0004true");

    private int headerBytes;
    private int left;

    @Override
    public void accept(byte[] bytes, int offset, int length) {
      int end = offset + length;
      int at = offset;
      while (at < end && !isDone()) {
        if (headerBytes < Integer.BYTES) {
          header(bytes[at++]);
        } else {
          int piece = Math.min(left, end - at);
          append(bytes, at, piece);
          at += piece;
          left -= piece;
        }
        if (headerBytes == Integer.BYTES && left == 0) {
          headerBytes = 0;
          endEvent(BOOKMARK, END);
        }
      }
    }

    private void header(byte octet) {
      left = left << Byte.SIZE | (octet & 0xff);
      headerBytes++;
      if (headerBytes == Integer.BYTES && left < 0) {
        fail();
      }
    }
  }
}
