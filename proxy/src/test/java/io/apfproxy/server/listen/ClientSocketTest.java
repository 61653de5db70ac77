package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.server.log.HeardLog;
import io.apfproxy.time.ManualTime;
import io.netty.channel.Channel;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** That nothing is kept of a client's socket when it is closed, and little is said of it. */
@Tag("I8")
class ClientSocketTest {
  @RegisterExtension final HeardLog heard = new HeardLog(ReadingFailures.class.getName());

  private final ManualTime time = new ManualTime();
  private final ReadingTurns turns = new ReadingTurns(time);
  private final ReadingFailures failures = new ReadingFailures(time);
  private final ConnectionLimits limits = new ConnectionLimits(1_000, 100, 0, 0, free -> false);

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
    ClientSocket.of(stranger, new Handle(), turns, failures);
    ClientSocket.of(known, new Handle(), turns, failures).believed("ann");
    assertThat(turns.owners()).isEqualTo(2);

    stranger.close().syncUninterruptibly();
    known.close().syncUninterruptibly();

    assertThat(turns.owners()).isZero();
  }

  @Test
  void saysOnceAMinuteThatSocketsCannotBeRead() {
    ClientSocket one = ClientSocket.of(new EmbeddedChannel(), broken(), turns, failures);
    ClientSocket other = ClientSocket.of(new EmbeddedChannel(), broken(), turns, failures);

    for (int i = 0; i < 30; i++) {
      one.handle(registered(), (EpollIoEvent) () -> EpollIoOps.EPOLLIN);
      other.handle(registered(), (EpollIoEvent) () -> EpollIoOps.EPOLLIN);
      turns.read();
      time.advance(Duration.ofSeconds(3));
    }

    assertThat(heard.events()).hasSize(2);
    assertThat(heard.events().get(1).getFormattedMessage())
        .isEqualTo(
            "a client's socket could not be read: java.lang.IllegalStateException: broken;"
                + " 39 more since this was said last");
  }

  /** Thousands that leave at once are as much work as those that come. */
  @Test
  @Tag("S30")
  void readsWhoHasJustComeBeforeThoseThatLeave() {
    List<String> read = new ArrayList<>();
    EpollIoEvent leaves = () -> EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP);
    for (int i = 0; i < 100; i++) {
      ClientSocket.of(ofOneAddress(), reading(() -> read.add("left")), turns, failures)
          .handle(registered(), leaves);
    }
    ClientSocket.of(ofOneAddress(), reading(() -> read.add("came")), turns, failures)
        .handle(registered(), (EpollIoEvent) () -> EpollIoOps.EPOLLIN);

    turns.read();

    assertThat(read).startsWith("came", "left").hasSize(101);
  }

  private Channel ofOneAddress() {
    OpenConnections all = new OpenConnections(limits, FileDescriptors.unlimited(time), time);
    Channel channel = new EmbeddedChannel();
    channel
        .attr(AcceptGuard.COUNTED)
        .set(
            all.enter(ConnectionsFixture.address(1), new ConnectionsFixture.FakeSocket())
                .connection());
    return channel;
  }

  private static IoRegistration registered() {
    return (IoRegistration)
        Proxy.newProxyInstance(
            ClientSocketTest.class.getClassLoader(),
            new Class<?>[] {IoRegistration.class},
            (self, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("isValid");
              return true;
            });
  }

  /** The handle of a channel that throws whenever it is to be read. */
  private static EpollIoHandle broken() {
    return reading(
        () -> {
          throw new IllegalStateException("broken");
        });
  }

  /** The handle of a channel. */
  private static EpollIoHandle reading(Runnable read) {
    return (EpollIoHandle)
        Proxy.newProxyInstance(
            ClientSocketTest.class.getClassLoader(),
            new Class<?>[] {EpollIoHandle.class, Channel.Unsafe.class},
            (self, method, arguments) -> {
              if (method.getName().equals("handle")) {
                read.run();
                return null;
              }
              assertThat(method.getName()).isEqualTo("recvBufAllocHandle");
              return new FixedRecvByteBufAllocator(64).newHandle();
            });
  }
}
