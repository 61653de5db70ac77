package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;

/** A proxy before an upstream that answers upgrades, byte by byte. */
@SuppressWarnings("StringConcatToTextBlock") // lines end in CR LF
abstract class UpgradeFixture {
  static final String EXEC = "/api/v1/namespaces/a/pods/p/exec?command=sh";

  static final String WEBSOCKET_101 =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

  static final String SPDY_101 =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";

  final Vertx vertx = Vertx.vertx();
  final Queue<String> heads = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() {
    get(vertx.close());
  }

  /** Answers each request head; what follows it goes to the test. */
  FakeUpstream upstream(String reply, BiConsumer<NetSocket, Buffer> afterwards) {
    return FakeUpstream.raw(
        vertx,
        socket -> {
          StringBuilder head = new StringBuilder();
          socket.handler(
              bytes -> {
                if (head.indexOf("\r\n\r\n") >= 0) {
                  afterwards.accept(socket, bytes);
                  return;
                }
                head.append(bytes.toString(StandardCharsets.ISO_8859_1));
                if (head.indexOf("\r\n\r\n") >= 0) {
                  heads.add(head.toString());
                  socket.write(reply);
                }
              });
        });
  }

  static void echo(NetSocket socket, Buffer bytes) {
    socket.write(bytes);
    if (socket.writeQueueFull()) {
      socket.pause();
      socket.drainHandler(drained -> socket.resume());
    }
  }

  static String request(String method, String protocol) {
    return method
        + " "
        + EXEC
        + " HTTP/1.1\r\nHost: proxy\r\nConnection: Upgrade\r\nUpgrade: "
        + protocol
        + "\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }
}
