package io.apfproxy.server;

import io.apfproxy.nullness.Nullable;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Stands before a listening socket: takes what was accepted, and gives on what the doorkeeper lets
 * in. Belongs to the event loop that accepts, and to one socket.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter {
  /*
   * What comes from one address in excess is closed, unread: nothing was spent on it but the accept.
   * When all places are taken the socket is not read any more: the kernel's backlog holds who comes
   * next. The few that were accepted in the same round wait here, with no handler and no memory of
   * their own, and go first. Who makes room tells; whatever goes unnoticed, such as a file that was
   * closed, is found by looking again.
   */
  private static final long LOOK_AGAIN_MILLIS = 100;
  private static final long SUM_UP_SECONDS = 10;

  private final Doorkeeper door;
  private final RefusalLog log = new RefusalLog(System::nanoTime);
  private final Queue<Channel> arrived = new ArrayDeque<>();
  private volatile boolean stands;
  private volatile boolean paused;
  private boolean lookingAgain;

  AcceptGuard(Doorkeeper door) {
    this.door = door;
  }

  /** Whether a listening socket was ever given to it. */
  boolean stands() {
    return stands;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    stands = true;
    var sums =
        context
            .executor()
            .scheduleAtFixedRate(log::sumUp, SUM_UP_SECONDS, SUM_UP_SECONDS, TimeUnit.SECONDS);
    context.channel().closeFuture().addListener(closed -> sums.cancel(false));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    arrived.forEach(AcceptGuard::close);
    arrived.clear();
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    arrived.add((Channel) accepted);
    if (!paused) {
      letIn(context);
    }
  }

  private void letIn(ChannelHandlerContext context) {
    for (Channel next = arrived.peek(); next != null; next = arrived.peek()) {
      ConnectionRule full = door.full();
      if (full != null) {
        pause(context, full, next);
        return;
      }
      arrived.remove();
      receive(context, next);
    }
    if (paused) {
      paused = false;
      context.channel().config().setAutoRead(true);
    }
  }

  private void pause(ChannelHandlerContext context, ConnectionRule full, Channel next) {
    if (!paused) {
      paused = true;
      context.channel().config().setAutoRead(false);
      InetAddress address = address(next);
      turnedAway(full, address == null ? "" : address.getHostAddress());
    }
    if (!lookingAgain) {
      lookingAgain = true;
      var unused =
          context
              .executor()
              .schedule(
                  () -> {
                    lookingAgain = false;
                    lookAgain(context);
                  },
                  LOOK_AGAIN_MILLIS,
                  TimeUnit.MILLISECONDS);
    }
  }

  private void lookAgain(ChannelHandlerContext context) {
    if (paused && context.channel().isOpen()) {
      letIn(context);
    }
  }

  private void receive(ChannelHandlerContext context, Channel client) {
    InetAddress address = address(client);
    if (address == null) {
      close(client); // it has gone already
      return;
    }
    ConnectionRule refusal = door.refuse(address);
    if (refusal != null) {
      turnedAway(refusal, address.getHostAddress());
      close(client);
      return;
    }
    Doorkeeper.Visit visit = door.enter(address);
    client
        .closeFuture()
        .addListener(
            closed -> {
              visit.leave();
              roomMade(context);
            });
    client.pipeline().addLast(new Handshake(visit, () -> roomMade(context)));
    client.pipeline().addLast(new Http2StreamOrder.Start());
    context.fireChannelRead(client);
  }

  /** On the event loop of the client that made it. */
  private void roomMade(ChannelHandlerContext context) {
    EventExecutor accepting = context.executor();
    if (paused && !accepting.isShuttingDown()) {
      accepting.execute(() -> lookAgain(context));
    }
  }

  private void turnedAway(ConnectionRule rule, String client) {
    door.overflowed(rule);
    log.notAccepted(rule.label(), rule.message(), client);
  }

  private static @Nullable InetAddress address(Channel client) {
    return client.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
  }

  /** For a channel that no event loop has yet. */
  private static void close(Channel client) {
    client.unsafe().closeForcibly();
  }

  /** Reports the end of a client's handshake; a listener without TLS has none. */
  private static final class Handshake extends ChannelInboundHandlerAdapter {
    private final Doorkeeper.Visit visit;
    private final Runnable roomMade;

    Handshake(Doorkeeper.Visit visit, Runnable roomMade) {
      this.visit = visit;
      this.roomMade = roomMade;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
      SslHandler tls = context.pipeline().get(SslHandler.class);
      if (tls == null) {
        visit.handshaken();
      } else {
        tls.handshakeFuture()
            .addListener(
                ended -> {
                  visit.handshaken();
                  roomMade.run();
                });
      }
      context.fireChannelActive();
      context.pipeline().remove(this);
    }
  }
}
