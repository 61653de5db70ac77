package io.apfproxy.server.listen;

import io.apfproxy.request.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.util.internal.MathUtil;
import org.jspecify.annotations.Nullable;

/**
 * Follows the lines of HTTP/1.1 heads, piece by piece: how many there are, whether one goes on with
 * another, how long the longest is. Belongs to the event loop of its connection.
 */
final class HeadLines {
  /*
   * The codec makes objects of each field, and for each line that goes on with another it copies all
   * that it has of the value. So it gets no more lines than a good head has, and none behind one that
   * went on.
   *
   * It copies each line to one array, which grows to the longest and stays until the connection ends.
   * Beyond what heads need as a rule that counts as long.
   */

  /** What a field takes besides its text, as objects; measured. */
  static final int LINE_BYTES = 144;

  /** With more fields than that a head is refused anyway. */
  static final int MOST_LINES = 1010;

  /** Up to so long a line leaves nothing behind that is worth counting. */
  private static final int LONG_LINE = 8 << 10;

  /** Where what was read so far ends. */
  private enum Stand {
    IN_LINE,
    LINE_START,
    /** What may be the first byte of an empty line's end has come. */
    LONE_RETURN
  }

  private Stand stand = Stand.IN_LINE;
  private int lines;
  private int lineLength;
  private int longestLine;
  private boolean folded;

  /** What comes now is of another head, or of a body. */
  void startOver() {
    lines = 0;
  }

  /**
   * Reads on.
   *
   * @param ofHead whether what is read is known to be of one head
   * @return how many lines ended
   */
  int read(ByteBuf bytes, int from, int to, boolean ofHead) {
    int ended = 0;
    for (int at = from; at < to; ) {
      byte first = bytes.getByte(at);
      folded |= ofHead && lines > 0 && stand == Stand.LINE_START && (first == ' ' || first == '\t');
      int lineEnd = bytes.indexOf(at, to, (byte) '\n');
      int next = lineEnd < 0 ? to : lineEnd + 1;
      lineLength += next - at;
      if (lineEnd >= 0) {
        stand = Stand.LINE_START;
        longestLine = Math.max(longestLine, lineLength);
        lineLength = 0;
        ended++;
        lines += ofHead ? 1 : 0;
      } else {
        boolean loneReturn = stand != Stand.IN_LINE && to == at + 1 && first == '\r';
        stand = loneReturn ? Stand.LONE_RETURN : Stand.IN_LINE;
      }
      at = next;
    }
    return ended;
  }

  /**
   * Reads on up to the end of the head: its empty line.
   *
   * @return where that ends
   */
  int readHead(ByteBuf bytes, int from, int to, boolean ofHead) {
    boolean lineBefore = lines > 0;
    int at = from;
    while (at < to) {
      int lineEnd = bytes.indexOf(at, to, (byte) '\n');
      boolean blank = lineEnd == at || (lineEnd == at + 1 && bytes.getByte(at) == '\r');
      boolean last = lineBefore && stand != Stand.IN_LINE && blank;
      int next = lineEnd < 0 ? to : lineEnd + 1;
      read(bytes, at, next, ofHead);
      at = next;
      if (last) {
        break;
      }
      lineBefore = true;
    }
    return at;
  }

  /** What the codec keeps of lines that it has given out, in bytes. */
  long left() {
    return longestLine <= LONG_LINE ? 0 : MathUtil.findNextPositivePowerOfTwo(longestLine);
  }

  /** Why a head that is not complete can be no good one any more; null if it can. */
  @Nullable RefusedException fault() {
    RefusedException fold = fold();
    if (fold != null) {
      return fold;
    }
    return lines <= MOST_LINES
        ? null
        : new RefusedException(431, "BadRequest", "too-many-headers", "at most 1000 header lines");
  }

  /** The same, for one that is complete: its lines are counted elsewhere. */
  @Nullable RefusedException fold() {
    return folded
        ? RefusedException.badRequest(
            "folded-header", "a header line must not go on in the next line")
        : null;
  }
}
