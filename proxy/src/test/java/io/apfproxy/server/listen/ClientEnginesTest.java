package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.server.listen.ServerConfig.TlsEngine;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("B3")
class ClientEnginesTest {
  private static final String HOME = "192.0.2.1";

  private final ManualTime time = new ManualTime();
  private final ClientEngines engines = new ClientEngines(TlsEngine.AUTO, time);

  private int metByJdk(String peer, int connections) {
    int count = 0;
    for (int i = 0; i < connections; i++) {
      count += engines.needsJdk(peer) ? 1 : 0;
    }
    return count;
  }

  private int metByJdkOfEach(String network, int addresses) {
    int count = 0;
    for (int i = 0; i < addresses; i++) {
      count += metByJdk(network + i / 256 % 256 + "." + i % 256, 1);
    }
    return count;
  }

  @Test
  void asksWhoIsNotKnownForEveryKindOfKeyAsOftenAsCanBeSpared() {
    assertThat(metByJdk(HOME, 1)).isOne();
    assertThat(metByJdkOfEach("10.0.", 10_000)).as("of a rush").isEqualTo(49);

    time.advance(Duration.ofSeconds(1));

    assertThat(metByJdkOfEach("10.0.", 10_000)).isEqualTo(25);
  }

  @Test
  void noAddressSpendsWhatAllHave() {
    assertThat(metByJdk(HOME, 10_000)).isEqualTo(20);
    assertThat(metByJdk("192.0.2.2", 10)).isEqualTo(10);

    time.advance(Duration.ofSeconds(1));

    assertThat(metByJdk(HOME, 10_000)).isEqualTo(5);
  }

  @Test
  void thoseThatFailedBeforeDoNotSpendWhatNewOnesHave() {
    for (int i = 0; i < 200; i++) {
      engines.failed("10.0.0." + i, true, new SSLHandshakeException("alert"));
      engines.showedUnproven("10.0.1." + i);
    }

    assertThat(metByJdkOfEach("10.0.", 456)).isEqualTo(50 + 50);
    assertThat(metByJdkOfEach("10.0.", 456)).isZero();

    time.advance(Duration.ofSeconds(1));

    assertThat(metByJdkOfEach("10.0.", 200)).isEqualTo(25);
    assertThat(metByJdk(HOME, 1)).as("is new").isOne();
  }

  @Test
  void doesNotServeAnAddressByTheJdkForACertificateThatNobodyBelieved() {
    engines.showedUnproven(HOME);

    assertThat(metByJdk(HOME, 10_000)).isEqualTo(20);
  }

  @Test
  void sparesWhoeverShowedAnythingElse() {
    engines.showed(HOME, false);

    assertThat(metByJdk(HOME, 10)).isZero();
    assertThat(metByJdk("192.0.2.2", 10)).isEqualTo(10);
  }

  @Test
  void alwaysAsksWhereARareCertificateCameFrom() {
    engines.showed(HOME, true);
    engines.showed(HOME, false); // another client of the same address

    assertThat(metByJdk(HOME, 10_000)).isEqualTo(10_000);
  }

  @Test
  void asksAgainWhereSomebodyShowedNothingOrFailedBeforeBoringSsl() {
    engines.showed(HOME, false);
    engines.showed("192.0.2.2", false);

    engines.showedNothing(HOME);
    engines.failed("192.0.2.2", false, new SSLHandshakeException("alert"));

    assertThat(metByJdk(HOME, 1)).isOne();
    assertThat(metByJdk("192.0.2.2", 1)).isOne();
  }

  @Test
  void strangersCannotMakeHandshakesDearerThanTheBudget() {
    for (int i = 0; i < 20_000; i++) {
      engines.showedNothing("10.0." + i / 256 % 256 + "." + i % 256);
    }

    assertThat(metByJdkOfEach("10.0.", 20_000)).isEqualTo(50 + 50);
  }

  @Test
  void takesANetworkOfIpv6AsOneAddress() {
    engines.showed("2001:db8::1", true);

    assertThat(metByJdk("2001:db8::ffff:2", 1_000)).isEqualTo(1_000);
    assertThat(metByJdk("2001:db8:0:1::1", 1_000) + metByJdk("2001:db8:0:1::2", 1_000))
        .isEqualTo(20);
  }

  @Test
  void obeysWhereOneWasAskedFor() {
    assertThat(new ClientEngines(TlsEngine.JDK, time).needsJdk(HOME)).isTrue();
    ClientEngines boring = new ClientEngines(TlsEngine.BORINGSSL, time);
    boring.showed(HOME, true);
    assertThat(boring.needsJdk(HOME)).isFalse();
  }
}
