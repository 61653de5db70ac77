package io.apfproxy.attack;

import io.apfproxy.fixtures.attack.TlsClient;
import java.time.Duration;

/** Clients that get no further than the handshake. */
final class HandshakeAttacks {
  private static final int CREW = 4;

  /** Fewer than the descriptors of this process and the proxy's. */
  private static final int MOST = 6000;

  private HandshakeAttacks() {}

  static void silent(Siege siege) throws InterruptedException {
    TlsClient client = siege.client();
    siege.crew(
        CREW,
        () -> {
          if (siege.connections() < MOST) {
            siege.hold(client.silent());
          } else {
            siege.rest(Duration.ofMillis(100));
          }
        });
  }

  static void greetings(Siege siege) throws InterruptedException {
    greetings(siege, Duration.ZERO);
  }

  /** Some hundred a second: no more than the proxy's share of this machine is enough for. */
  static void pacedGreetings(Siege siege) throws InterruptedException {
    greetings(siege, Duration.ofMillis(6));
  }

  private static void greetings(Siege siege, Duration pause) throws InterruptedException {
    TlsClient client = siege.client();
    siege.crew(
        CREW,
        () -> {
          if (siege.connections() < MOST) {
            siege.hold(client.greeted());
            siege.rest(pause);
          } else {
            siege.rest(Duration.ofMillis(100));
          }
        });
  }

  static void dribbled(Siege siege) throws InterruptedException {
    TlsClient client = siege.client().records(1, Duration.ofMillis(5));
    siege.crew(100, () -> siege.hold(client.greeted()));
  }

  static void whole(Siege siege) throws InterruptedException {
    siege.crew(
        CREW,
        () -> {
          siege.opened();
          siege.client().connect().close();
        });
  }
}
