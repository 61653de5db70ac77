package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.FakeUpstream;
import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.GuardedTransport;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** A proxy with limits on connections, on each transport, and clients that misbehave. */
abstract class ConnectionLimitsFixture {
  private static final int EVENT_LOOPS = 2; // the limits are those of all together

  static Stream<Named<Transport>> transports() {
    return Stream.of(Transport.NIO, Transport.EPOLL)
        .filter(Transport::available)
        .map(transport -> Named.of(transport.name(), transport));
  }

  static ConnectionLimits limits(int total, int perAddress, int newPerSecond, int handshakes) {
    return new ConnectionLimits(total, perAddress, newPerSecond, handshakes, address -> false);
  }

  static void with(
      Transport transport, ConnectionLimits limits, BiConsumer<TestProxy, Integer> test) {
    with(transport, limits, RequestLimits.NONE, test);
  }

  static void with(
      Transport transport,
      ConnectionLimits limits,
      RequestLimits requests,
      BiConsumer<TestProxy, Integer> test) {
    Vertx vertx = Vertx.builder().withTransport(new GuardedTransport(transport)).build();
    try (FakeUpstream upstream =
            FakeUpstream.http(vertx, request -> request.response().end("ok"), HttpVersion.HTTP_2);
        TestProxy proxy =
            TestProxy.before(vertx, upstream.port())
                .eventLoops(EVENT_LOOPS)
                .connections(limits)
                .requests(requests)
                .start()) {
      test.accept(proxy, proxy.port());
      await()
          .untilAsserted(
              () -> {
                assertThat(used(proxy, "connections-total")).isZero();
                assertThat(used(proxy, "handshakes-total")).isZero();
                assertThat(used(proxy, "connections-of-address")).isZero();
              });
    } finally {
      get(vertx.close());
    }
  }

  static long used(TestProxy proxy, String rule) {
    return proxy.bound(rule).used().getAsLong();
  }

  static long overflows(TestProxy proxy, String rule) {
    return proxy.bound(rule).overflows().getAsLong();
  }

  static void expectServed(RawClient client) {
    client.send("GET /version HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(client.readHead()).startsWith("HTTP/1.1 200");
    assertThat(client.read(2)).asString().isEqualTo("ok");
  }

  /** Connects and never says a word. */
  static Socket mute(int port) {
    return mute(port, 1);
  }

  /** From 127.0.0.HOST. */
  static Socket mute(int port, int host) {
    try {
      InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host});
      return new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins its handshake and never goes on. */
  static Socket stuck(int port) {
    Socket socket = mute(port);
    try {
      socket.getOutputStream().write(22); // a record of TLS
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return socket;
  }

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
