package io.apfproxy.server;

import static io.apfproxy.server.TestProxy.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.RawClient;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.RequestLimits;
import io.vertx.core.Vertx;
import io.vertx.core.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of connections beyond the limits, and that places come back. */
@Tag("S53")
class ConnectionLimitsIT extends ConnectionLimitsFixture {
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
          most.forEach(ConnectionLimitsFixture::close);
          others.forEach(ConnectionLimitsFixture::close);
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
            burst.opened().forEach(ConnectionLimitsFixture::expectServed);
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
