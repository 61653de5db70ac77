package io.apfproxy.server.listen;

import io.netty.channel.Channel;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/** A client's socket, which is read when it has its turn. Belongs to its event loop. */
@SuppressWarnings("try") // close() throws what netty's may
final class ClientSocket extends ReadingTurns.Reader implements EpollIoHandle {
  private static final AttributeKey<ClientSocket> SOCKET =
      AttributeKey.valueOf(ClientSocket.class.getName());

  /*
   * Epoll tells again in the next round of a socket that was not read: netty asks it by level, not by
   * edge. So what it told of is not kept here from one round to the next.
   */
  private final EpollIoHandle socket;
  private final SocketOwner stranger;
  private final ReadingFailures failures;
  private Runnable afterReading = () -> {};
  private boolean believed;
  private @Nullable IoRegistration registration;
  private @Nullable IoEvent event;

  private ClientSocket(
      EpollIoHandle socket, SocketOwner stranger, ReadingTurns turns, ReadingFailures failures) {
    super(turns, stranger);
    this.socket = socket;
    this.stranger = stranger;
    this.failures = failures;
  }

  /** Of a channel that comes to its event loop. */
  static ClientSocket of(
      Channel channel, EpollIoHandle socket, ReadingTurns turns, ReadingFailures failures) {
    ClientSocket client = new ClientSocket(socket, SocketOwner.of(channel), turns, failures);
    channel.attr(SOCKET).set(client);
    // netty does not tell of the end of a registration whose descriptor is another socket's by then
    channel.closeFuture().addListener(closed -> client.leave());
    return client;
  }

  /** That of a connection; null if its event loop reads in another way. */
  static @Nullable ClientSocket of(HttpConnection connection) {
    return connection instanceof ConnectionBase base ? base.channel().attr(SOCKET).get() : null;
  }

  /**
   * A request that came by it was believed to be of a user, who is read for from now on, and not
   * for a stranger of its address; the first one stays its user.
   */
  void believed(String user) {
    if (!believed) {
      believed = true;
      moveTo(stranger.believed(user));
    }
  }

  /** What its bytes ask for begins with this, so that it is done in their turn. */
  void afterReading(Runnable begin) {
    afterReading = begin;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    if (((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLIN)) {
      this.registration = registration;
      this.event = event;
      if (((EpollIoEvent) event).ops().contains(EpollIoOps.EPOLLRDHUP)) {
        leaves(); // as do thousands of others, it may be, at once
      }
      ready();
    } else {
      socket.handle(registration, event);
    }
  }

  @Override
  int read() {
    IoRegistration registered = registration;
    if (registered == null || event == null || !registered.isValid()) {
      return 0;
    }
    try {
      socket.handle(registered, event);
      afterReading.run();
    } catch (RuntimeException e) {
      // one socket does not end an event loop; netty's own rounds catch it too
      failures.add(e);
    }
    return Math.max(0, ((Channel.Unsafe) socket).recvBufAllocHandle().lastBytesRead());
  }

  @Override
  public FileDescriptor fd() {
    return socket.fd();
  }

  @Override
  public void registered() {
    socket.registered();
  }

  @Override
  public void unregistered() {
    socket.unregistered();
  }

  @Override
  public void close() throws Exception {
    socket.close();
  }
}
