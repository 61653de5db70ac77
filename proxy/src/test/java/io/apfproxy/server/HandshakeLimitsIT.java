package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.raw.RawClient;
import io.vertx.core.transport.Transport;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who waits for a handshake while too many are under way, and who does not. */
@Tag("S53")
class HandshakeLimitsIT extends ConnectionLimitsFixture {
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
          mute.forEach(ConnectionLimitsFixture::close);
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
          impatient.forEach(ConnectionLimitsFixture::close);
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
          stuck.forEach(ConnectionLimitsFixture::close);
          try (RawClient client = late.join()) {
            expectServed(client);
          }
        });
  }
}
