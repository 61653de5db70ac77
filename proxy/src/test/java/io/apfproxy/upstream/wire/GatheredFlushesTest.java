package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GatheredFlushesTest {
  private static final Duration LATELY = Duration.ofNanos(500_000);

  private final ManualTime time = new ManualTime();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private int waiting;
  private final List<Integer> flushed = new ArrayList<>();

  @BeforeEach
  void open() {
    channel.pipeline().addLast(new Socket(), new GatheredFlushes(time));
    channel.pipeline().flush(); // something may have been written before it was there
    assertThat(flushed).containsExactly(0);
    flushed.clear();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void writeAndFlush() {
    var unused = channel.pipeline().write("frame");
    channel.pipeline().flush();
  }

  @Test
  void whatComesAfterAPauseLeavesAtOnce() {
    time.advance(LATELY);

    writeAndFlush();

    assertThat(flushed).containsExactly(1);
  }

  @Test
  void whatComesSoonAfterItLeavesTogetherWhenTheTurnEnds() {
    time.advance(LATELY.minusNanos(1));
    for (int i = 0; i < 3; i++) {
      writeAndFlush();
    }
    assertThat(flushed).isEmpty();

    channel.runPendingTasks();

    assertThat(flushed).containsExactly(3);
  }

  @Test
  void theNextTurnGathersAgain() {
    writeAndFlush();
    channel.runPendingTasks();
    writeAndFlush();
    writeAndFlush();
    channel.runPendingTasks();

    assertThat(flushed).containsExactly(1, 2);
  }

  @Test
  void whereNothingWasWrittenNothingIsFlushed() {
    time.advance(LATELY);
    channel.pipeline().flush();

    assertThat(flushed).isEmpty();
  }

  @Test
  void whatWasWrittenLeavesBeforeTheConnectionCloses() {
    writeAndFlush();
    var unused = channel.pipeline().close();

    assertThat(flushed).containsExactly(1);
  }

  /** Notes how many frames each flush takes. */
  private final class Socket extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object frame, ChannelPromise promise) {
      waiting++;
      promise.setSuccess();
    }

    @Override
    public void flush(ChannelHandlerContext context) {
      flushed.add(waiting);
      waiting = 0;
    }
  }
}
