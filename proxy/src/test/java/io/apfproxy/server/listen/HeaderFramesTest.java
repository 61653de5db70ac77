package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has come of a header block of HTTP/2 that is not complete counts, and nothing else. */
@Tag("S30")
@Tag("S31")
class HeaderFramesTest {
  private static final int HEADERS = 1;
  private static final int DATA = 0;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;
  private static final int HEAD = 9;

  private final HeaderFrames frames = new HeaderFrames();
  private final ByteBuf wire = Unpooled.buffer().writeBytes(new byte[24]);

  private HeaderFramesTest frame(int type, int flags, int length) {
    wire.writeMedium(length).writeByte(type).writeByte(flags).writeInt(1);
    wire.writeBytes("x".repeat(length).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    return this;
  }

  /** What counts after all that was written, less so many of its last bytes, came in pieces. */
  private long held(int piece, int less) {
    long held = 0;
    int end = wire.writerIndex() - less;
    for (int at = wire.readerIndex(); at < end; at += piece) {
      held = frames.follow(wire.slice(at, Math.min(piece, end - at)));
    }
    wire.readerIndex(end);
    return held;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 100_000})
  void countsABlockUntilItIsComplete(int piece) {
    frame(HEADERS, 0, 100).frame(CONTINUATION, 0, 50).frame(CONTINUATION, 0, 0);
    assertThat(held(piece, 0)).isEqualTo(150 + 3 * HEAD);
    frame(CONTINUATION, END_HEADERS, 20);
    assertThat(held(piece, 5)).isEqualTo(165 + 4 * HEAD);
    assertThat(held(piece, 0)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 100_000})
  void countsNothingElse(int piece) {
    frame(HEADERS, END_HEADERS, 100).frame(DATA, 0, 16_384).frame(HEADERS, END_HEADERS, 0);
    assertThat(held(piece, 0)).isZero();
    frame(DATA, END_HEADERS, 1_000);
    assertThat(held(piece, 10)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 100_000})
  void countsAFrameThatIsNotWhole(int piece) {
    frame(HEADERS, END_HEADERS, 100);
    assertThat(held(piece, 40)).isEqualTo(60 + HEAD);
    assertThat(held(piece, 0)).isZero();
  }
}
