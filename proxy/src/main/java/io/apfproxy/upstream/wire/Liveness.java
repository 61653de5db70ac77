package io.apfproxy.upstream.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the other end of a connection is gone without a word, and drops the connection.
 * Belongs to the connection's event loop. Source: specification security.md S87.
 */
public final class Liveness extends ChannelInboundHandlerAdapter {
  /*
   * HTTP/2 with open streams: silence is answered by a PING, further silence by the end. HTTP/1.1 and
   * tunnels have nothing to ask by, so TCP must tell: its probes do while nothing is on its way, and
   * while something is, the kernel knows since when no acknowledgement came. TCP_USER_TIMEOUT says
   * almost that, but also ends a connection whose other end is there and does not read, as when the
   * output of exec is paused. A client may do that over HTTP/2 too, and our PING then waits behind
   * what it does not read: it is dropped only if its machine does not acknowledge either. Only the epoll transport lets the kernel be asked; elsewhere bytes on
   * their way over a dead path are noticed when the kernel gives up, after some 15 minutes.
   *
   * Silence is counted in looks, not in time: after a pause of our own there is one look, and before
   * the next one what had arrived meanwhile is read.
   */
  private static final Buffer PING = Buffer.buffer("apfproxy");

  private final Pace pace;
  private final Channel channel;
  private final Runnable ping;
  private final SilentEnd end;
  private boolean heard;
  private long reads;
  private int silent;

  /**
   * How soon silence is noticed.
   *
   * @param millis between two looks
   * @param looks without a sign of life until the connection is dropped; a PING goes out at the
   *     first
   */
  record Pace(int millis, int looks) {}

  /** kube-apiserver: noticed within 9 s. */
  private static final Pace OF_UPSTREAM = new Pace(1_500, 5);

  /** Clients: a dead path to one is noticed within 50 s. */
  private static final Pace OF_CLIENT = new Pace(10_000, 4);

  /** Whether the other end owes a sign of life, and what was heard of it by other ways. */
  interface SilentEnd {
    boolean owes(int millis);

    /** Whether its machine still takes what is sent, though nothing comes from it. */
    default boolean acknowledges(int millis) {
      return false;
    }
  }

  Liveness(Pace pace, Channel channel, Runnable ping, SilentEnd end) {
    this.pace = pace;
    this.channel = channel;
    this.ping = ping;
    this.end = end;
  }

  /** Looks after a connection to kube-apiserver. */
  static void ofUpstream(HttpConnection connection) {
    watch(connection, OF_UPSTREAM);
  }

  /** Looks after a connection for one upgrade. */
  static void ofUpstream(NetSocket socket) {
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    start(OF_UPSTREAM, channel, () -> {}, new Unacknowledged(channel));
  }

  /** Looks after a client's connection, also when it has become a tunnel. */
  public static void ofClient(HttpConnection connection) {
    Http2ConnectionHandler http2 = NettyHttp2.handler(connection);
    if (http2 == null) {
      watch(connection, OF_CLIENT);
    } else {
      Channel channel = ((ConnectionBase) connection).channel();
      start(OF_CLIENT, channel, () -> connection.ping(PING), new Reader(http2, channel));
    }
  }

  /** A client that may pause for as long as it likes. */
  private static final class Reader implements SilentEnd {
    private final Http2ConnectionHandler http2;
    private final Unacknowledged path;

    Reader(Http2ConnectionHandler http2, Channel channel) {
      this.http2 = http2;
      this.path = new Unacknowledged(channel);
    }

    @Override
    public boolean owes(int millis) {
      return http2.connection().numActiveStreams() > 0;
    }

    @Override
    public boolean acknowledges(int millis) {
      return path.canTell() && !path.owes(millis);
    }
  }

  /**
   * Fails, and drops the connection, if neither a PING is answered in time nor anything else comes.
   * For connections to kube-apiserver that speak HTTP/2.
   */
  static Future<Void> ask(Vertx vertx, HttpConnection connection, int millis) {
    Channel channel = ((ConnectionBase) connection).channel();
    Liveness liveness = channel.pipeline().get(Liveness.class);
    long before = liveness.reads;
    return Patience.limit(vertx, millis, connection.ping(PING).<Void>mapEmpty(), late -> {})
        .recover(
            silent -> {
              if (channel.isOpen() && liveness.reads > before) {
                return Future.succeededFuture(); // it is there, and busy
              }
              drop(channel);
              return Future.failedFuture(silent);
            });
  }

  private static void watch(HttpConnection connection, Pace pace) {
    Channel channel = ((ConnectionBase) connection).channel();
    Http2ConnectionHandler http2 = NettyHttp2.handler(connection);
    if (http2 == null) {
      start(pace, channel, () -> {}, new Unacknowledged(channel));
    } else {
      start(
          pace,
          channel,
          () -> connection.ping(PING),
          millis -> http2.connection().numActiveStreams() > 0);
    }
  }

  private static void start(Pace pace, Channel channel, Runnable ping, SilentEnd end) {
    Liveness liveness = new Liveness(pace, channel, ping, end);
    channel.pipeline().addFirst(liveness);
    ScheduledFuture<?> looks =
        channel
            .eventLoop()
            .scheduleWithFixedDelay(
                liveness::look, pace.millis(), pace.millis(), TimeUnit.MILLISECONDS);
    var unused = channel.closeFuture().addListener(closed -> looks.cancel(false));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    heard = true;
    reads++;
    context.fireChannelRead(bytes);
  }

  void look() {
    if (heard || !end.owes(pace.millis())) {
      heard = false;
      silent = 0;
      return;
    }
    silent++;
    if (silent == 1) {
      ping.run();
    } else if (silent >= pace.looks() && !end.acknowledges(pace.millis())) {
      drop(channel);
    }
  }

  /** Without a farewell that nobody takes, and without what is still to be sent. */
  static void drop(Channel channel) {
    if (!channel.isOpen()) {
      return;
    }
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) {
      var unused = first.close();
    }
  }
}
