package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That nothing is kept of a client's socket when it is closed. */
@Tag("I8")
class ClientSocketTest {
  private final ReadingTurns turns = new ReadingTurns(new ManualTime());

  /** Of a descriptor that another socket has by the time it is closed: it is told no end. */
  private static final class Handle implements EpollIoHandle {
    @Override
    public FileDescriptor fd() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void handle(IoRegistration registration, IoEvent event) {}

    @Override
    public void close() {}
  }

  @Test
  void whoHasNoSocketAnyMoreIsForgottenThoughNettyDoesNotTellOfItsEnd() {
    EmbeddedChannel stranger = new EmbeddedChannel();
    EmbeddedChannel known = new EmbeddedChannel();
    ClientSocket.of(stranger, new Handle(), turns);
    ClientSocket.of(known, new Handle(), turns).believed("ann");
    assertThat(turns.owners()).isEqualTo(2);

    stranger.close().syncUninterruptibly();
    known.close().syncUninterruptibly();

    assertThat(turns.owners()).isZero();
  }
}
