package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of connections beyond the limits, and that places come back. */
@Tag("S53")
class ConnectionLimitsIT {
  private static final int EVENT_LOOPS = 2; // the limits are those of all together

  static Stream<Named<Transport>> transports() {
    return Stream.of(Transport.NIO, Transport.EPOLL)
        .filter(Transport::available)
        .map(transport -> Named.of(transport.name(), transport));
  }

  private static ConnectionLimits limits(
      int total, int perAddress, int newPerSecond, int handshakes) {
    return new ConnectionLimits(total, perAddress, newPerSecond, handshakes, address -> false);
  }

  private static void with(
      Transport transport, ConnectionLimits limits, BiConsumer<TestProxy, Integer> test) {
    with(transport, limits, RequestLimits.NONE, test);
  }

  private static void with(
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

  private static long used(TestProxy proxy, String rule) {
    return proxy.bound(rule).used().getAsLong();
  }

  private static long overflows(TestProxy proxy, String rule) {
    return proxy.bound(rule).overflows().getAsLong();
  }

  private static void expectServed(RawClient client) {
    client.send("GET /version HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(client.readHead()).startsWith("HTTP/1.1 200");
    assertThat(client.read(2)).asString().isEqualTo("ok");
  }

  /** Connects and never says a word. */
  private static Socket mute(int port) {
    return mute(port, 1);
  }

  /** From 127.0.0.HOST. */
  private static Socket mute(int port, int host) {
    try {
      InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) host});
      return new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Begins its handshake and never goes on. */
  private static Socket stuck(int port) {
    Socket socket = mute(port);
    try {
      socket.getOutputStream().write(22); // a record of TLS
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return socket;
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void expectClosed(Socket socket) {
    try {
      socket.setSoTimeout(60_000);
      assertThat(socket.getInputStream().read()).isNegative();
    } catch (java.net.SocketTimeoutException open) {
      throw new AssertionError("still open", open);
    } catch (IOException reset) {
      // closed as well
    } finally {
      close(socket);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void letsOneWaitForAPlaceWhenAllAreTaken(Transport transport) {
    with(
        transport,
        limits(2, 0, 0, 0),
        (proxy, port) -> {
          RawClient first = new RawClient(port);
          try (RawClient second = new RawClient(port)) {
            CompletableFuture<?>[] late = new CompletableFuture<?>[4];
            for (int i = 0; i < late.length; i++) {
              late[i] = CompletableFuture.runAsync(() -> comeAndGo(proxy));
            }
            await().until(() -> overflows(proxy, "connections-total") == 1);
            expectServed(first);
            expectServed(second);
            assertThat(used(proxy, "connections-total")).isEqualTo(2);
            assertThat(late).noneMatch(CompletableFuture::isDone);
            first.close();
            CompletableFuture.allOf(late).join(); // each that leaves lets the next one in
          }
        });
  }

  private static void comeAndGo(TestProxy proxy) {
    try (RawClient client = new RawClient(proxy.port())) {
      expectServed(client);
      assertThat(used(proxy, "connections-total")).isLessThanOrEqualTo(2);
    }
  }

  @ParameterizedTest
  @MethodSource("transports")
  void letsOneWaitWhileTooManyHandshakesAreUnderWay(Transport transport) {
    with(
        transport,
        limits(0, 0, 0, 2),
        (proxy, port) -> {
          Socket stuck = stuck(port);
          Socket other = stuck(port);
          await().until(() -> used(proxy, "handshakes-total") == 2);
          CompletableFuture<RawClient> late =
              CompletableFuture.supplyAsync(() -> new RawClient(port));
          await().until(() -> overflows(proxy, "handshakes-total") == 1);
          assertThat(late).isNotDone();
          close(stuck);
          try (RawClient client = late.join()) {
            expectServed(client);
            await().until(() -> used(proxy, "handshakes-total") == 1);
          }
          close(other);
        });
  }

  /** They share their address with who is honest, as all do behind a balancer. */
  @Test
  @Tag("S30")
  void keepsNobodyWaitingForThoseWhoSayNothing() {
    assumeThat(Transport.EPOLL).as("only it can tell").isNotNull();
    assumeThat(Transport.EPOLL.available()).isTrue();
    with(
        Transport.EPOLL,
        limits(0, 1_000, 0, 10),
        (proxy, port) -> {
          List<Socket> mute = new ArrayList<>();
          for (int i = 0; i < 100; i++) {
            mute.add(mute(port));
          }
          await().until(() -> used(proxy, "handshakes-waiting") == 92);
          for (int i = 0; i < 20; i++) {
            try (RawClient client = new RawClient(port)) {
              expectServed(client);
            }
          }
          assertThat(used(proxy, "handshakes-silent")).isEqualTo(8);
          assertThat(overflows(proxy, "handshakes-of-address")).isZero();
          mute.forEach(ConnectionLimitsIT::close);
          await().until(() -> used(proxy, "handshakes-waiting") == 0);
        });
  }

  /**
   * Clients give up after ten seconds. Handshakes for those who did would take the time of those
   * who have not yet: a storm would go on for ever.
   */
  @Test
  @Tag("S30")
  void makesNoHandshakeForThoseWhoLeftWhileTheyWaited() {
    assumeThat(Transport.EPOLL).as("only it can tell").isNotNull();
    assumeThat(Transport.EPOLL.available()).isTrue();
    with(
        Transport.EPOLL,
        limits(0, 0, 0, 1),
        (proxy, port) -> {
          Socket stuck = stuck(port);
          await().until(() -> used(proxy, "handshakes-total") == 1);
          List<Socket> impatient = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            impatient.add(mute(port));
          }
          await().until(() -> used(proxy, "handshakes-waiting") == 5);
          impatient.forEach(ConnectionLimitsIT::close);
          CompletableFuture<RawClient> patient =
              CompletableFuture.supplyAsync(() -> new RawClient(port));
          await().until(() -> used(proxy, "handshakes-waiting") == 6);
          close(stuck);
          try (RawClient client = patient.join()) {
            expectServed(client);
          }
          assertThat(overflows(proxy, "handshakes-waiting")).isEqualTo(5);
        });
  }

  @ParameterizedTest
  @MethodSource("transports")
  void closesWhatAnAddressHasBeyondItsShare(Transport transport) {
    with(
        transport,
        limits(2, 1, 0, 0),
        (proxy, port) -> {
          RawClient first = new RawClient(port);
          try (RawClient second = new RawClient(port)) {
            expectClosed(mute(port));
            assertThat(overflows(proxy, "connections-of-address")).isEqualTo(1);
            expectServed(first);
            expectServed(second);
            first.close();
            await().until(() -> used(proxy, "connections-of-address") == 1);
            try (RawClient third = new RawClient(port)) {
              expectServed(third);
            }
          }
        });
  }

  /** One address cannot keep the others from their handshakes, nor loses its own. */
  @ParameterizedTest
  @MethodSource("transports")
  void letsHandshakesOfAnAddressBeyondItsShareWait(Transport transport) {
    with(
        transport,
        limits(0, 100, 0, 4),
        (proxy, port) -> {
          List<Socket> stuck = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            stuck.add(stuck(port));
          }
          await().until(() -> used(proxy, "handshakes-total") == 4);
          CompletableFuture<RawClient> late =
              CompletableFuture.supplyAsync(() -> new RawClient(port));
          await().until(() -> overflows(proxy, "handshakes-total") > 0);
          assertThat(late).isNotDone();
          stuck.forEach(ConnectionLimitsIT::close);
          try (RawClient client = late.join()) {
            expectServed(client);
          }
        });
  }

  /** An address can take no place from one that has fewer, however many it opens. */
  @ParameterizedTest
  @MethodSource("transports")
  @Tag("S30")
  void closesAConnectionOfTheAddressWithMostForOneOfAnother(Transport transport) {
    with(
        transport,
        limits(10, 2, 0, 0),
        (proxy, port) -> {
          List<Socket> most = new ArrayList<>();
          for (int i = 0; i < 8; i++) {
            most.add(mute(port));
          }
          await().until(() -> used(proxy, "connections-total") == 8);
          List<Socket> others = new ArrayList<>();
          for (int i = 2; i < 6; i++) {
            others.add(mute(port, i));
          }
          await().until(() -> overflows(proxy, "connections-of-address") == 2);
          expectClosed(most.get(0));
          expectClosed(most.get(1));
          assertThat(used(proxy, "connections-total")).isEqualTo(10);
          most.forEach(ConnectionLimitsIT::close);
          others.forEach(ConnectionLimitsIT::close);
        });
  }

  /** Of an address that stands for all clients behind a balancer, too. */
  @ParameterizedTest
  @MethodSource("transports")
  @Tag("S30")
  void closesNothingOfOneAddressWhileThereIsRoom(Transport transport) {
    with(
        transport,
        limits(100, 2, 1, 8),
        (proxy, port) -> {
          Burst burst = Burst.of(60, () -> new RawClient(port));
          try {
            assertThat(burst.opened()).hasSize(60);
            burst.opened().forEach(ConnectionLimitsIT::expectServed);
            assertThat(overflows(proxy, "connections-of-address")).isZero();
          } finally {
            burst.close();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("transports")
  @Tag("S31")
  void closesThoseWhoseHeadsHoldMoreThanThereIsRoomFor(Transport transport) {
    with(
        transport,
        ConnectionLimits.NONE,
        new RequestLimits(0, 0, 0, 0, 0, 1 << 20),
        (proxy, port) -> {
          String part = "X-Part: " + "a".repeat(10_000) + "\r\n";
          Burst burst = Burst.of(20, () -> new RawClient(port));
          try {
            burst.opened().forEach(client -> client.send("GET /version HTTP/1.1\r\nHost: a\r\n"));
            for (int i = 0; i < 20; i++) {
              burst.opened().forEach(client -> trySend(client, part));
              assertThat(used(proxy, "partial-head-bytes")).isLessThan(2 << 20);
            }
            await().until(() -> overflows(proxy, "partial-head-bytes") > 10);
            try (RawClient honest = new RawClient(port)) {
              expectServed(honest);
            }
          } finally {
            burst.close();
          }
          await().until(() -> used(proxy, "partial-head-bytes") == 0);
        });
  }

  private static void trySend(RawClient client, String text) {
    try {
      client.send(text);
    } catch (UncheckedIOException closed) {
      // as it should be, sooner or later
    }
  }

  /** What was opened at once, and did not fail. */
  private record Burst(List<RawClient> opened) {
    static Burst of(int number, Supplier<RawClient> one) {
      List<CompletableFuture<RawClient>> all =
          IntStream.range(0, number)
              .mapToObj(
                  i -> CompletableFuture.supplyAsync(one, command -> new Thread(command).start()))
              .toList();
      return new Burst(
          all.stream()
              .map(client -> client.exceptionally(failed -> null).join())
              .filter(Objects::nonNull)
              .toList());
    }

    void close() {
      opened.forEach(RawClient::close);
    }
  }

  @Test
  void doesNotStartWithLimitsThatNobodyWouldHold() {
    Vertx vertx = Vertx.vertx();
    try {
      TestProxySetup setup = TestProxy.before(vertx, 1).connections(limits(1, 0, 0, 0));
      assertThatThrownBy(setup::start).hasMessageContaining("GuardedTransport");
    } finally {
      get(vertx.close());
    }
  }
}
