package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.transport.Transport;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S87")
class TcpProbesIT {
  /** In MiB: the kernel keeps some ten. */
  private static final int MORE_THAN_SOCKETS_TAKE = 32;

  private final Queue<NetSocket> accepted = new ConcurrentLinkedQueue<>();
  private Vertx vertx;
  private NetServer server; // held, as Vert.x closes what nobody holds
  private NetClient connector;
  private NetSocket client;

  @BeforeEach
  void connect() {
    Assumptions.assumeTrue(Transport.EPOLL != null && Transport.EPOLL.available());
    vertx = Vertx.builder().withTransport(Transport.EPOLL).build();
    server =
        get(
            vertx
                .createNetServer(TcpProbes.toClients(new NetServerOptions()))
                .connectHandler(accepted::add)
                .listen(0, "127.0.0.1"));
    connector = vertx.createNetClient(TcpProbes.toUpstream(new NetClientOptions()));
    client = get(connector.connect(server.actualPort(), "127.0.0.1"));
    await().until(() -> !accepted.isEmpty());
  }

  @AfterEach
  void close() {
    if (vertx != null) {
      get(vertx.close());
    }
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static Channel channel(NetSocket socket) {
    return ((NetSocketInternal) socket).channelHandlerContext().channel();
  }

  @Test
  void tellTheKernelWhenAConnectionIsDead() {
    Channel toUpstream = channel(client);
    assertThat(toUpstream.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
    assertThat(seconds(toUpstream)).isBetween(5, 10);
    Channel toClient = channel(accepted.element());
    assertThat(toClient.config().getOption(ChannelOption.SO_KEEPALIVE)).isTrue();
    assertThat(seconds(toClient)).isBetween(30, 60);
  }

  private static int seconds(Channel channel) {
    return channel.config().getOption(EpollChannelOption.TCP_KEEPIDLE)
        + channel.config().getOption(EpollChannelOption.TCP_KEEPINTVL)
            * channel.config().getOption(EpollChannelOption.TCP_KEEPCNT);
  }

  @Test
  void takeOneWhoDoesNotReadForAlive() {
    accepted.element().pause();
    Unacknowledged path = new Unacknowledged(channel(client));
    Buffer much = Buffer.buffer(new byte[1 << 20]);
    for (int i = 0; i < MORE_THAN_SOCKETS_TAKE; i++) {
      client.write(
          much); // until the queue is full would do as well, but it is for a moment at once
    }
    await().until(client::writeQueueFull);

    await()
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(60))
        .until(() -> !path.owes(1_000));
    assertThat(client.writeQueueFull()).isTrue();
    accepted.element().handler(read -> {}).resume(); // the library loses what a paused socket holds
    await().until(() -> !client.writeQueueFull());
  }
}
