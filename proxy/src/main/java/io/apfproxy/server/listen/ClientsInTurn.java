package io.apfproxy.server.listen;

import io.apfproxy.time.TimeSource;
import io.netty.channel.Channel;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;

/**
 * Has an event loop read its clients' sockets in {@link ReadingTurns}, after all else that was
 * ready. With epoll only; others read in the order in which they are told. Belongs to one event
 * loop.
 */
final class ClientsInTurn implements IoHandler {
  private final IoHandler base;
  private final ReadingTurns turns = new ReadingTurns(TimeSource.system());
  private final ReadingFailures failures = new ReadingFailures(TimeSource.system());

  private ClientsInTurn(IoHandler base) {
    this.base = base;
  }

  /** As another one, but for the order. */
  static IoHandlerFactory of(IoHandlerFactory base) {
    return loop -> new ClientsInTurn(base.newHandler(loop));
  }

  @Override
  public IoRegistration register(IoHandle handle) throws Exception {
    if (handle instanceof EpollIoHandle socket && handle instanceof Channel.Unsafe unsafe) {
      Channel channel = unsafe.voidPromise().channel();
      if (channel.parent() != null) {
        return base.register(ClientSocket.of(channel, socket, turns, failures));
      }
    }
    return base.register(handle);
  }

  @Override
  public int run(IoHandlerContext context) {
    int handled = base.run(context);
    turns.read();
    return handled;
  }

  @Override
  public void initialize() {
    base.initialize();
  }

  @Override
  public void prepareToDestroy() {
    base.prepareToDestroy();
  }

  @Override
  public void destroy() {
    base.destroy();
  }

  @Override
  public void wakeup() {
    base.wakeup();
  }

  @Override
  public boolean isCompatible(Class<? extends IoHandle> handleType) {
    return base.isCompatible(handleType);
  }
}
