package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Readers that do not read. */
@Tag("S81")
class UnreadRepliesIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int PAGE_BYTES = 16 << 20;
  private static final int PAGES = (int) (AdminServer.MOST_UNREAD_BYTES / PAGE_BYTES) - 1;
  private static final byte SILENT = 2; // the last number of 127.0.0.2
  private static final byte HONEST = 1;

  private final Queue<String> told = new ConcurrentLinkedQueue<>();
  private final List<Socket> sockets = new ArrayList<>();

  @RegisterExtension
  private final RunningAdmin admin = RunningAdmin.plain(new LargePages(), new Door());

  private final AdminServer server = admin.server();

  private static final class LargePages extends FakePages {
    @Override
    public String metrics() {
      return "m".repeat(PAGE_BYTES);
    }
  }

  private final class Door implements AdminDoor {
    @Override
    public void open(Context context) {}

    @Override
    public void refused(
        int code, String rule, String message, @Nullable Throwable cause, String address) {
      told.add(code + " " + rule + " " + address);
    }

    @Override
    public void cutOff(String rule, String message, String address) {
      told.add("cut off " + rule + " " + address);
    }
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket ask(byte from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.setReceiveBufferSize(4096);
    socket.setSoTimeout((int) LONG.toMillis());
    socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, from}), 0));
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), admin.port()));
    String head = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private Socket askAndNotRead(byte from) throws IOException {
    Socket silent = ask(from);
    assertThat(silent.getInputStream().read()).isEqualTo('H'); // it is being answered
    return silent;
  }

  private static long read(Socket socket) throws IOException {
    InputStream from = socket.getInputStream();
    String status = new String(from.readNBytes(12), StandardCharsets.US_ASCII);
    assertThat(status).isEqualTo("HTTP/1.1 200");
    return from.transferTo(java.io.OutputStream.nullOutputStream());
  }

  @Test
  void keepNobodyOutWhoReads() throws Exception {
    for (int i = 0; i < PAGES; i++) {
      askAndNotRead(SILENT);
    }

    for (int i = 0; i < 2 * PAGES; i++) {
      askAndNotRead(SILENT);
      assertThat(read(ask(HONEST))).isGreaterThan(PAGE_BYTES);
    }

    assertThat(told).isNotEmpty().containsOnly("cut off admin-unread-bytes 127.0.0." + SILENT);
    assertThat(server.unreadBytes()).isLessThanOrEqualTo(AdminServer.MOST_UNREAD_BYTES);
    assertThat(server.unreadCutOff()).isEqualTo(told.size());
  }

  @Test
  void holdNothingOnceTheyHaveLeft() throws Exception {
    for (int i = 0; i < 2 * PAGES; i++) {
      askAndNotRead(SILENT);
    }
    assertThat(server.unreadBytes()).isPositive();

    for (Socket socket : sockets) {
      socket.close();
    }

    await().atMost(LONG).until(() -> server.unreadBytes() == 0);
    assertThat(read(ask(HONEST))).isGreaterThan(PAGE_BYTES);
    await().atMost(LONG).until(() -> server.unreadBytes() == 0);
  }
}
