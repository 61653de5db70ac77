package io.apfproxy.server.listen;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.ClientAddress;
import io.apfproxy.server.log.RefusalLog;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a listening socket: takes what was accepted, and gives on what {@link
 * OpenConnections} lets in. Belongs to the event loop that accepts, and to one socket.
 */
public final class AcceptGuard extends ChannelInboundHandlerAdapter {
  /*
   * What comes from one address in excess is closed, unread: nothing was spent on it but the accept.
   * When all places are taken the socket is not read any more: the kernel's backlog holds who comes
   * next. The few that were accepted in the same round wait here, and so do those whose handshake has
   * to wait for its turn, with no event loop, no handler and no buffer of their own. Who makes room
   * tells; whatever goes unnoticed, such as a file that was closed, is found by looking again.
   */
  private static final long LOOK_AGAIN_MILLIS = 100;

  /** Most clients say their first word as soon as they are connected. */
  private static final long LISTEN_AGAIN_MILLIS = 2;

  private static final int LESS_OFTEN = 4;
  private static final long SUM_UP_SECONDS = 10;
  static final AttributeKey<OpenConnection> COUNTED =
      AttributeKey.valueOf(OpenConnection.class.getName());

  private final OpenConnections connections;
  private final PartialHeads heads;
  private final Reporter reporter;
  private final RefusalLog log = new RefusalLog(System::nanoTime);
  private final KernelView kernel = new KernelView();
  private final Queue<Channel> arrived = new ArrayDeque<>();
  private volatile boolean stands;
  private volatile boolean paused;
  private boolean lookingAgain;

  /**
   * @param reporter told of what is not accepted, on any thread
   */
  public AcceptGuard(OpenConnections connections, PartialHeads heads, Reporter reporter) {
    this.connections = connections;
    this.heads = heads;
    this.reporter = reporter;
  }

  /** Whether a listening socket was ever given to it. */
  public boolean stands() {
    return stands;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    stands = true;
    var sums =
        context
            .executor()
            .scheduleAtFixedRate(this::sumUp, SUM_UP_SECONDS, SUM_UP_SECONDS, TimeUnit.SECONDS);
    context.channel().closeFuture().addListener(closed -> sums.cancel(false));
  }

  private void sumUp() {
    log.sumUp();
    heads.sumUp();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    arrived.forEach(AcceptGuard::close);
    arrived.clear();
    connections.dismissWaiting();
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel channel = (Channel) accepted;
    channel.pipeline().addFirst(OutOfMemoryWatch.INSTANCE);
    arrived.add(channel);
    if (!paused) {
      letIn(context);
      lookLater(context);
    }
  }

  private void letIn(ChannelHandlerContext context) {
    for (Channel next = arrived.peek(); next != null; next = arrived.peek()) {
      ConnectionRule full = receive(context, next);
      if (full != null) {
        pause(context, full, next);
        return;
      }
      arrived.remove();
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
  }

  private void lookAgain(ChannelHandlerContext context) {
    if (context.channel().isOpen()) {
      connections.beginHandshakes();
      if (paused) {
        letIn(context);
      }
      lookLater(context);
    }
  }

  private void lookLater(ChannelHandlerContext context) {
    if (!lookingAgain && somebodyWaits()) {
      lookingAgain = true;
      var unused =
          context
              .executor()
              .schedule(
                  () -> {
                    lookingAgain = false;
                    List<OpenConnection> spoke = connections.listen();
                    lookAgain(context);
                    spoke.forEach(OpenConnection::saysIfItWaits);
                  },
                  LOOK_AGAIN_MILLIS,
                  TimeUnit.MILLISECONDS);
    }
  }

  /** Looks a few times whether one that has said nothing speaks; then {@link #lookLater} does. */
  private void listenTo(ChannelHandlerContext context, OpenConnection silent, long millis) {
    if (millis < LOOK_AGAIN_MILLIS) {
      var unused =
          context
              .executor()
              .schedule(() -> listen(context, silent, millis), millis, TimeUnit.MILLISECONDS);
    }
  }

  private void listen(ChannelHandlerContext context, OpenConnection one, long waitedMillis) {
    if (!connections.isSilent(one)) {
      return; // it has its turn, or has left
    }
    if (!connections.hasSpoken(one)) {
      listenTo(context, one, waitedMillis * LESS_OFTEN);
    } else if (context.channel().isOpen()) {
      connections.beginHandshakes();
      one.saysIfItWaits();
    }
  }

  private boolean somebodyWaits() {
    return paused || connections.waiting() > 0;
  }

  /** Why nobody can come in now; null if this one did, or was closed. */
  private @Nullable ConnectionRule receive(ChannelHandlerContext context, Channel client) {
    InetAddress address = address(client);
    if (address == null) {
      close(client); // it has gone already
      return null;
    }
    Accepted accepted = new Accepted(context, client, address);
    OpenConnections.Answer answer = connections.enter(address, accepted);
    OpenConnection counted = answer.connection();
    ConnectionRule refusal = answer.refusal();
    if (counted != null) {
      accepted.counted = counted;
      connections.beginHandshakes();
      counted.saysIfItWaits();
      if (connections.isSilent(counted)) {
        listenTo(context, counted, LISTEN_AGAIN_MILLIS);
      }
    } else if (refusal != null && refusal.stopsAccepting()) {
      return refusal;
    } else if (refusal != null) {
      turnedAway(refusal, accepted.address);
      close(client);
    }
    return null;
  }

  /** One that was let in; on the event loop that accepts, but for what its handshake tells. */
  private final class Accepted implements OpenConnection.Socket, HandshakeWatch.Told {
    private final ChannelHandlerContext context;
    private final Channel client;
    private final InetAddress from;
    private final String address;
    private @Nullable OpenConnection counted;
    private boolean begun;

    Accepted(ChannelHandlerContext context, Channel client, InetAddress from) {
      this.context = context;
      this.client = client;
      this.from = from;
      this.address = from.getHostAddress();
    }

    @Override
    public void begin() {
      OpenConnection own = counted;
      if (own == null) {
        throw new IllegalStateException("not let in yet");
      }
      if (kernel.hasLeft(client)) {
        // a handshake for it is work that those behind it wait for until they, too, have left
        connections.gaveUp();
        AcceptGuard.close(client);
        own.leave();
        return;
      }
      begun = true;
      client
          .closeFuture()
          .addListener(
              closed -> {
                own.leave();
                roomMade();
              });
      client.attr(COUNTED).set(own);
      HeadMeter meter = new HeadMeter(heads, ClientAddress.of(from), address);
      client.pipeline().addLast(new HandshakeWatch(own, meter, this));
      client.pipeline().addLast(new Http2StreamOrder.Start());
      context.fireChannelRead(client);
    }

    @Override
    public void roomMade() {
      AcceptGuard.this.roomMade(context);
    }

    @Override
    public void tookTooLong() {
      EventExecutor accepting = context.executor();
      if (!accepting.isShuttingDown()) {
        accepting.execute(() -> turnedAway(ConnectionRule.HANDSHAKE_TIME, address));
      }
    }

    @Override
    public boolean hasSpoken() {
      return kernel.hasSpoken(client);
    }

    @Override
    public boolean hasUnread(long readNanos) {
      return kernel.hasUnread(client, readNanos);
    }

    @Override
    public void waits(ConnectionRule rule) {
      turnedAway(rule, address);
    }

    @Override
    public void leave(@Nullable ConnectionRule rule) {
      if (rule != null) {
        connections.overflowed(rule);
        tell(rule, rule.givesWay(), address);
      }
      OpenConnection own = counted;
      if (begun) {
        var unused = client.close();
      } else if (own != null) {
        AcceptGuard.close(client);
        own.leave();
      }
    }
  }

  /** How a connection is counted; null if it is not. */
  static @Nullable OpenConnection counted(HttpConnection connection) {
    return connection instanceof ConnectionBase base ? counted(base.channel()) : null;
  }

  static @Nullable OpenConnection counted(Channel connection) {
    return connection.attr(COUNTED).get();
  }

  /** On the event loop of the client that made it. */
  private void roomMade(ChannelHandlerContext context) {
    EventExecutor accepting = context.executor();
    if (somebodyWaits() && !accepting.isShuttingDown()) {
      accepting.execute(() -> lookAgain(context));
    }
  }

  private void turnedAway(ConnectionRule rule, String client) {
    connections.overflowed(rule);
    tell(rule, rule.message(), client);
  }

  private void tell(ConnectionRule rule, String message, String client) {
    log.notAccepted(rule.label(), message, client);
    reporter.notAccepted(rule.label(), message, client);
  }

  private static @Nullable InetAddress address(Channel client) {
    return client.remoteAddress() instanceof InetSocketAddress remote ? remote.getAddress() : null;
  }

  /** For a channel that no event loop has yet. */
  private static void close(Channel client) {
    client.unsafe().closeForcibly();
  }
}
