package io.apfproxy.server.listen;

import io.netty.buffer.ByteBuf;

/**
 * Follows the frames of one HTTP/2 connection as its bytes come in, and knows how much of a header
 * block has come that is not complete. Reads no more of a frame than its head. Source: RFC 9113
 * 4.1, 6.2, 6.10.
 */
final class HeaderFrames {
  private static final int PREFACE = 24;
  private static final int FRAME_HEAD = 9;
  private static final int HEADERS = 1;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;
  private static final int TYPE = 3;
  private static final int FLAGS = 4;

  private final byte[] head = new byte[FRAME_HEAD];
  private int headBytes;
  private long skip = PREFACE;
  private boolean inBlock;
  private boolean lastFrame;
  private long held;

  /**
   * Looks at the next bytes, and leaves them as they are.
   *
   * @return bytes of an incomplete header block that have come
   */
  long follow(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int end = bytes.writerIndex();
    while (at < end) {
      if (skip > 0) {
        int piece = (int) Math.min(skip, end - at);
        at += piece;
        skip -= piece;
        held += inBlock ? piece : 0;
      } else {
        head[headBytes++] = bytes.getByte(at++);
        if (headBytes == FRAME_HEAD) {
          startFrame();
        }
      }
      if (skip == 0 && lastFrame) {
        inBlock = false;
        lastFrame = false;
        held = 0;
      }
    }
    return held;
  }

  private void startFrame() {
    headBytes = 0;
    skip = (head[0] & 0xffL) << 16 | (head[1] & 0xffL) << 8 | (head[2] & 0xffL);
    inBlock = head[TYPE] == HEADERS || head[TYPE] == CONTINUATION;
    lastFrame = inBlock && (head[FLAGS] & END_HEADERS) != 0;
    held = inBlock ? held + FRAME_HEAD : 0;
  }
}
