package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The calls are those of netty's transports for a socket that always has more. */
@Tag("I8")
class ShortTurnsTest {
  private final ManualTime time = new ManualTime();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @Test
  @SuppressWarnings("deprecation") // the interface has no other
  void readsOnceAndLessOfWhatTakesLong() {
    ShortTurns turns = new ShortTurns(time);
    ExtendedHandle light = (ExtendedHandle) turns.newHandle();
    ExtendedHandle heavy = (ExtendedHandle) turns.newHandle();
    for (int i = 0; i < 100; i++) {
      turn(light, 1);
      turn(heavy, 1_000);
    }

    assertThat(turn(light, 1)).isEqualTo(TurnLength.MOST);
    assertThat(turn(heavy, 1_000)).isEqualTo(TurnLength.LEAST);
  }

  /** Returns how many bytes were read. */
  private int turn(ExtendedHandle handle, int nanosAByte) {
    handle.reset(channel.config());
    var buffer = handle.allocate(UnpooledByteBufAllocator.DEFAULT);
    int read = buffer.writableBytes();
    buffer.release();
    handle.attemptedBytesRead(read);
    handle.lastBytesRead(read);
    handle.incMessagesRead(1);
    time.advance(Duration.ofNanos((long) nanosAByte * read));
    assertThat(handle.continueReading(() -> true)).isFalse();
    handle.readComplete();
    return read;
  }
}
