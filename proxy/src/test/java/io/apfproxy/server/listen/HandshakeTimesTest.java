package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.ClientAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is slow for an address. */
class HandshakeTimesTest {
  private static final ClientAddress ADDRESS =
      ClientAddress.of(ConnectionsFixture.address("10.0.0.1"));

  private final HandshakeTimes times = new HandshakeTimes(1_000);

  private void succeed(int number, long millis) {
    for (int i = 0; i < number; i++) {
      times.succeeded(ADDRESS, TimeUnit.MILLISECONDS.toNanos(millis));
    }
  }

  private void assertSlowFrom(long millis) {
    assertThat(times.isSlow(ADDRESS, TimeUnit.MILLISECONDS.toNanos(millis))).isTrue();
    assertThat(times.isSlow(ADDRESS, TimeUnit.MILLISECONDS.toNanos(millis) - 1)).isFalse();
  }

  @Test
  void waitsAMomentWhereNothingIsKnown() {
    assertSlowFrom(100);
  }

  @Test
  void isFourTimesWhatIsUsual() {
    succeed(1, 100);
    assertSlowFrom(400);
    succeed(1, 2);
    succeed(100, 100);
    assertSlowFrom(400);
  }

  @Test
  void isNeverLittle() {
    succeed(1, 1);
    assertSlowFrom(50);
  }

  /** Whoever ends his handshakes as late as he may shares the address of others. */
  @Test
  void isNeverMuch() {
    succeed(100, 30_000);
    assertSlowFrom(2_000);
  }

  @Test
  void followsWhatMostOfThemTake() {
    succeed(1, 100);
    for (int i = 0; i < 100; i++) {
      succeed(2, 20);
      succeed(1, 1_000);
    }
    assertThat(times.isSlow(ADDRESS, TimeUnit.MILLISECONDS.toNanos(160))).isTrue();
  }

  @Test
  void remembersOnlySoMany() {
    succeed(1, 400);
    for (int i = 0; i < 1_000; i++) {
      times.succeeded(
          ClientAddress.of(ConnectionsFixture.address("10.1." + i / 250 + "." + i % 250)), 1);
    }
    assertSlowFrom(100);
  }
}
