package io.apfproxy.server.listen;

import io.apfproxy.report.Reporter;
import io.apfproxy.server.ProxyServer;
import io.apfproxy.time.TimeSource;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.spi.transport.Transport;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * A transport as another one, but for three things. Before a listening socket stands the {@link
 * AcceptGuard} of the context that opens it, if there is one: Vert.x itself tells of a connection
 * only after its handshake, which is what must be limited. Each socket is read from once, 64 KiB at
 * most, before the next one has its turn, and clients' in {@link ShortTurns}. And its event loops
 * are {@link AttentiveLoops}, which read clients in {@link ReadingTurns}.
 */
public final class GuardedTransport implements io.vertx.core.transport.Transport {
  private final io.vertx.core.transport.Transport base;

  /** What a {@link ProxyServer} with limits needs its {@code Vertx} to be built with. */
  public GuardedTransport(io.vertx.core.transport.Transport base) {
    this.base = base;
  }

  /** From now on the sockets that this context opens are guarded. */
  public static void guard(Context context, AcceptGuard guard) {
    context.put(AcceptGuard.class, guard);
  }

  /**
   * From now on the sockets that this context opens have these limits; they do not stop at the
   * descriptors that are kept free, so they are for listeners with few connections.
   *
   * @param name of the listener, before the rules of its bounds
   */
  public static List<Bound> guard(Context context, String name, ConnectionLimits limits) {
    TimeSource time = TimeSource.system();
    OpenConnections connections =
        new OpenConnections(limits, FileDescriptors.unlimited(time), time);
    guard(context, new AcceptGuard(connections, new PartialHeads(0, Reporter.NONE), Reporter.NONE));
    return connections.bounds().stream()
        .filter(bound -> bound.limit() > 0 && bound.limit() < Integer.MAX_VALUE)
        .map(bound -> bound.of(name))
        .toList();
  }

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public boolean available() {
    return base.available();
  }

  @Override
  public Throwable unavailabilityCause() {
    return base.unavailabilityCause();
  }

  @Override
  public Transport implementation() {
    return new Implementation(base.implementation());
  }

  private record Implementation(Transport base) implements Transport {
    @Override
    public void configure(TcpConfig config, boolean domainSocket, ServerBootstrap bootstrap) {
      base.configure(config, domainSocket, bootstrap);
      bootstrap.childOption(ChannelOption.RECVBUF_ALLOCATOR, new ShortTurns(TimeSource.system()));
      Context context = Vertx.currentContext();
      AcceptGuard guard = context == null ? null : context.get(AcceptGuard.class);
      if (guard != null) {
        bootstrap.handler(guard);
      }
    }

    @Override
    public boolean supportsDomainSockets() {
      return base.supportsDomainSockets();
    }

    @Override
    public boolean supportFileRegion() {
      return base.supportFileRegion();
    }

    @Override
    public boolean isAvailable() {
      return base.isAvailable();
    }

    @Override
    public Throwable unavailabilityCause() {
      return base.unavailabilityCause();
    }

    @Override
    public java.net.SocketAddress convert(SocketAddress address) {
      return base.convert(address);
    }

    @Override
    public SocketAddress convert(java.net.SocketAddress address) {
      return base.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
      return base.ioHandlerFactory();
    }

    @Override
    public EventLoopGroup eventLoopGroup(
        int type, int threads, ThreadFactory threadFactory, int ioRatio) {
      return new AttentiveLoops(threads, threadFactory, ioHandlerFactory());
    }

    @Override
    @SuppressWarnings("deprecation") // the interface has no other
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
      return base.datagramChannel(family);
    }

    @Override
    public ChannelFactory<? extends DatagramChannel> datagramChannelFactory() {
      return base.datagramChannelFactory();
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
      return base.channelFactory(domainSocket);
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
      return base.serverChannelFactory(domainSocket);
    }

    @Override
    public void configure(DatagramChannel channel, DatagramSocketOptions options) {
      base.configure(channel, options);
    }

    @Override
    public void configure(TcpConfig config, boolean domainSocket, Bootstrap bootstrap) {
      base.configure(config, domainSocket, bootstrap);
      // many users' answers share a connection to upstream: a shorter turn would hold up all of
      // them
      bootstrap.option(ChannelOption.RECVBUF_ALLOCATOR, ShortTurns.reads());
    }
  }
}
