package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without a codec behind it, a fault closes the channel. */
@Tag("S39")
class Http2StreamOrderTest {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END = 1;
  private static final int ACKNOWLEDGED = 1;

  private final EmbeddedChannel channel = new EmbeddedChannel(new Http2StreamOrder());
  private final ByteBuf sent = Unpooled.buffer().writeBytes(PREFACE);

  private Http2StreamOrderTest frame(int type, int flags, int stream, int length) {
    sent.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream).writeZero(length);
    return this;
  }

  /** Sends all in pieces of this size. */
  private boolean survives(int piece) {
    ByteBuf expected = sent.copy();
    while (sent.isReadable() && channel.isOpen()) {
      channel.writeInbound(sent.readBytes(Math.min(piece, sent.readableBytes())));
    }
    ByteBuf passed = Unpooled.buffer();
    for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
      passed.writeBytes(part);
      part.release();
    }
    boolean open = channel.isOpen();
    if (open) {
      assertThat(passed).isEqualTo(expected);
    }
    return open;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 9, 64, 1_000_000})
  void passesAllThatIsInOrder(int piece) {
    frame(SETTINGS, 0, 0, 6)
        .frame(HEADERS, 0, 1, 40)
        .frame(HEADERS, END, 3, 0)
        .frame(DATA, 0, 1, 3_000)
        .frame(HEADERS, END, 1, 10) // trailers
        .frame(HEADERS, 0, 9, 1)
        .frame(RST_STREAM, 0, 9, 4)
        .frame(DATA, END, 1, 0) // the codec's matter
        .frame(HEADERS, END, 11, 1);
    assertThat(survives(piece)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 9, 64, 1_000_000})
  void refusesAStreamThatWasEnded(int piece) {
    assertThat(frame(HEADERS, END, 1, 3).frame(HEADERS, END, 1, 3).survives(piece)).isFalse();
  }

  @Test
  void refusesAStreamThatWasEndedByItsBody() {
    frame(HEADERS, 0, 1, 3).frame(DATA, END, 1, 3).frame(HEADERS, END, 1, 3);
    assertThat(survives(1_000)).isFalse();
  }

  @Test
  void refusesAStreamThatWasReset() {
    frame(HEADERS, 0, 1, 3).frame(RST_STREAM, 0, 1, 4).frame(HEADERS, END, 1, 3);
    assertThat(survives(1_000)).isFalse();
  }

  @Test
  void refusesANumberBelowTheLast() {
    assertThat(frame(HEADERS, END, 5, 3).frame(HEADERS, END, 3, 3).survives(1_000)).isFalse();
  }

  /** Each has the codec visit all that are open. */
  @Test
  @Tag("S35")
  void refusesSettingsThatAreToldAgainAndAgain() {
    for (int i = 0; i < 101; i++) {
      frame(SETTINGS, 0, 0, 6);
    }
    assertThat(survives(1_000)).isFalse();
  }

  @Test
  void letsSettingsChangeNowAndThen() {
    for (int i = 0; i < 100; i++) {
      frame(SETTINGS, 0, 0, 6).frame(SETTINGS, ACKNOWLEDGED, 0, 0);
    }
    for (int i = 0; i < 1_000; i++) {
      frame(HEADERS, END, 2 * i + 1, 3).frame(SETTINGS, 0, 0, 6);
    }
    assertThat(survives(1_000)).isTrue();
  }

  @Test
  void leavesHttp1Alone() {
    sent.clear().writeCharSequence("POST / HTTP/1.1\r\n\r\n", StandardCharsets.US_ASCII);
    frame(HEADERS, END, 1, 3).frame(HEADERS, END, 1, 3);
    assertThat(survives(3)).isTrue();
    assertThat(channel.pipeline().get(Http2StreamOrder.class)).isNull();
  }
}
