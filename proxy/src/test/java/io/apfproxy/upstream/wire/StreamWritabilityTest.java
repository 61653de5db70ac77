package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StreamWritabilityTest {
  private final Http2ConnectionHandler http2 =
      new Http2ConnectionHandlerBuilder()
          .server(true)
          .frameListener(new Http2FrameAdapter())
          .build();
  private final EmbeddedChannel channel = new EmbeddedChannel(http2);
  private final List<Integer> told = new ArrayList<>();

  StreamWritabilityTest() {
    http2.encoder().flowController().listener(stream -> told.add(stream.id()));
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void tellsAStreamThatOpenedWhileTheChannelWasFullForAMoment() throws Http2Exception {
    channel.pipeline().addLast(new StreamWritability(http2));

    Http2Stream stream = openWhileFullForAMoment();

    assertThat(http2.encoder().flowController().isWritable(stream)).isTrue();
    assertThat(told).containsExactly(stream.id());
  }

  @Test
  void nettyItselfDoesNotTellIt() throws Http2Exception {
    openWhileFullForAMoment();

    assertThat(told).as("if this fails, StreamWritability can go").isEmpty();
  }

  @Test
  void tellsNothingTwice() throws Http2Exception {
    channel.pipeline().addLast(new StreamWritability(http2));
    openWhileFullForAMoment();

    full(true);
    channel.runPendingTasks();
    full(false);
    channel.runPendingTasks();

    assertThat(told).as("free, full, free: one word each").hasSize(3);
  }

  /** The channel's events come when it is already free again, as they do under load. */
  private Http2Stream openWhileFullForAMoment() throws Http2Exception {
    // the connection has been told that it is writable
    full(true);
    channel.runPendingTasks();
    full(false);
    channel.runPendingTasks();

    full(true);
    Http2Stream stream = http2.connection().remote().createStream(1, false);
    full(false);
    channel.runPendingTasks();
    return stream;
  }

  private void full(boolean full) {
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, !full);
  }
}
