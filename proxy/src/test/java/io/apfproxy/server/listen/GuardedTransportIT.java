package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose bytes an event loop takes next. */
class GuardedTransportIT {
  private static final int LARGE = 1 << 20;
  private static final int TURN = 64 << 10;
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Vertx vertx =
      Vertx.builder()
          .with(new VertxOptions().setEventLoopPoolSize(1))
          .withTransport(new GuardedTransport(Transport.NIO))
          .build();

  /** What was read, in order: how much, or 1 for the small ones. */
  private final List<Integer> read = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** A loop that reads on from one socket as long as there is something lets all others wait. */
  @Test
  void smallBytesWaitForNoMoreThanATurnOfLargeOnes() throws Exception {
    NetServer server =
        vertx
            .createNetServer()
            .connectHandler(socket -> socket.handler(bytes -> read.add(bytes.length())))
            .listen(0, "127.0.0.1")
            .await();
    // in what order a loop looks at two sockets is chance
    for (int pair = 0; pair < 8; pair++) {
      check(server);
    }
  }

  private void check(NetServer server) throws Exception {
    read.clear();
    try (Socket large = connect(server);
        Socket small = connect(server)) {
      teach(large);
      send(small, 1);
      await().atMost(LONG).until(() -> read.contains(1));
      CountDownLatch sent = new CountDownLatch(1);
      CountDownLatch held = new CountDownLatch(1);
      vertx.runOnContext(
          loop -> {
            held.countDown();
            awaitQuietly(sent);
          });
      held.await();
      int before = read.size();
      // no more than the kernel takes at once, or this thread would wait for the loop
      large.getOutputStream().write(new byte[2 * TURN]);
      send(small, 1);
      sent.countDown();

      await()
          .atMost(LONG)
          .until(() -> read.stream().mapToInt(i -> i).sum() >= LARGE + 2 * TURN + 2);
      List<Integer> after = read.subList(before, read.size());
      assertThat(after.indexOf(1)).as("turns before the small one, of %s", after).isLessThan(2);
    }
  }

  /** Lets the buffers for it grow to what they may. */
  private void teach(Socket large) throws IOException {
    send(large, LARGE);
    await().atMost(LONG).until(() -> read.stream().mapToInt(i -> i).sum() >= LARGE);
  }

  private static void send(Socket socket, int bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(new byte[bytes]);
    out.flush();
  }

  private static Socket connect(NetServer server) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
