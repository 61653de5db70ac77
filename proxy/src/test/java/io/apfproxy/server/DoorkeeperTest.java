package io.apfproxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each limit of connections is reached, holds, and gives way again. */
class DoorkeeperTest {
  private final ManualTime time = new ManualTime();
  private final FileDescriptors plenty = new FileDescriptors(() -> 0, 1_000_000, time);

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static InetAddress address(int number) {
    return address("10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256);
  }

  private Doorkeeper door(
      int total, int perAddress, int newPerSecond, int handshakes, Predicate<InetAddress> free) {
    return new Doorkeeper(
        new ConnectionLimits(total, perAddress, newPerSecond, handshakes, free), plenty, time);
  }

  private Doorkeeper door(int total, int perAddress, int newPerSecond, int handshakes) {
    return door(total, perAddress, newPerSecond, handshakes, address -> false);
  }

  private static Bound bound(Doorkeeper door, ConnectionRule rule) {
    return bound(door, rule.label());
  }

  private static Bound bound(Doorkeeper door, String rule) {
    return door.bounds().stream().filter(b -> b.rule().equals(rule)).findFirst().orElseThrow();
  }

  @Test
  void isFullWhenAllPlacesAreTaken() {
    Doorkeeper door = door(3, 0, 0, 0);
    List<Doorkeeper.Visit> visits = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      assertThat(door.full()).isNull();
      visits.add(door.enter(address(i)));
    }
    assertThat(door.full()).isEqualTo(ConnectionRule.TOTAL);
    assertThat(bound(door, ConnectionRule.TOTAL).used().getAsLong()).isEqualTo(3);
    visits.get(0).leave();
    assertThat(door.full()).isNull();
    visits.forEach(Doorkeeper.Visit::leave);
    assertThat(bound(door, ConnectionRule.TOTAL).used().getAsLong()).isZero();
  }

  @Test
  void countsAVisitOnceHoweverOftenItIsToldToEnd() {
    Doorkeeper door = door(3, 3, 0, 3);
    Doorkeeper.Visit stays = door.enter(address(1));
    Doorkeeper.Visit leaves = door.enter(address(1));
    leaves.handshaken();
    leaves.leave();
    leaves.handshaken();
    leaves.leave();
    assertThat(bound(door, ConnectionRule.TOTAL).used().getAsLong()).isEqualTo(1);
    assertThat(bound(door, ConnectionRule.HANDSHAKES).used().getAsLong()).isEqualTo(1);
    assertThat(bound(door, ConnectionRule.OF_ADDRESS).used().getAsLong()).isEqualTo(1);
    stays.leave();
    assertThat(bound(door, ConnectionRule.HANDSHAKES).used().getAsLong()).isZero();
    assertThat(bound(door, ConnectionRule.OF_ADDRESS).used().getAsLong()).isZero();
  }

  @Test
  void isFullWhileTooManyHandshakesAreUnderWay() {
    Doorkeeper door = door(0, 0, 0, 2);
    Doorkeeper.Visit first = door.enter(address(1));
    door.enter(address(2));
    assertThat(door.full()).isEqualTo(ConnectionRule.HANDSHAKES);
    first.handshaken();
    assertThat(door.full()).isNull();
  }

  @Test
  void isFullWhileFileDescriptorsAreScarce() {
    long[] open = {79};
    Doorkeeper door =
        new Doorkeeper(ConnectionLimits.NONE, new FileDescriptors(() -> open[0], 100, time), time);
    assertThat(door.full()).isNull();
    door.enter(address(1));
    open[0] = 80;
    time.advance(Duration.ofMillis(50));
    assertThat(door.full()).isEqualTo(ConnectionRule.DESCRIPTORS);
    assertThat(bound(door, ConnectionRule.DESCRIPTORS).used().getAsLong()).isEqualTo(80);
    assertThat(bound(door, ConnectionRule.DESCRIPTORS).limit()).isEqualTo(80);
    open[0] = 79; // somebody else closed a file
    time.advance(Duration.ofMillis(50));
    assertThat(door.full()).isNull();
  }

  @Test
  void refusesAnAddressThatHasItsShare() {
    Doorkeeper door = door(8, 2, 0, 0);
    Doorkeeper.Visit one = door.enter(address(1));
    door.enter(address(1));
    assertThat(door.refuse(address(1))).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(door.refuse(address(2))).isNull();
    assertThat(bound(door, ConnectionRule.OF_ADDRESS).used().getAsLong()).isEqualTo(2);
    one.leave();
    assertThat(door.refuse(address(1))).isNull();
  }

  @Test
  void refusesAnAddressWithAQuarterOfTheHandshakes() {
    Doorkeeper door = door(0, 100, 0, 8);
    Doorkeeper.Visit one = door.enter(address(1));
    door.enter(address(1));
    assertThat(door.refuse(address(1))).isEqualTo(ConnectionRule.HANDSHAKES_OF_ADDRESS);
    assertThat(door.refuse(address(2))).isNull();
    one.handshaken();
    assertThat(door.refuse(address(1))).isNull();
  }

  @Test
  void refusesAnAddressThatComesTooOften() {
    Doorkeeper door = door(0, 0, 100, 0);
    int letIn = 0;
    for (int i = 0; i < 1_000; i++) {
      if (door.refuse(address(1)) == null) {
        letIn++;
      }
    }
    assertThat(letIn).isEqualTo(500);
    assertThat(door.refuse(address(1))).isEqualTo(ConnectionRule.NEW_OF_ADDRESS);
    assertThat(door.refuse(address(2))).isNull();
    time.advance(Duration.ofMillis(10));
    assertThat(door.refuse(address(1))).isNull();
    assertThat(door.refuse(address(1))).isEqualTo(ConnectionRule.NEW_OF_ADDRESS);
  }

  @Test
  void holdsUnlimitedAddressesToTheTotalsOnly() {
    InetAddress free = address("192.0.2.1");
    Doorkeeper door = door(6, 1, 1, 100, free::equals);
    for (int i = 0; i < 6; i++) {
      assertThat(door.refuse(free)).isNull();
      door.enter(free);
    }
    assertThat(door.full()).isEqualTo(ConnectionRule.TOTAL);
  }

  @ParameterizedTest
  @CsvSource({
    "2001:db8:0:1::1,    2001:db8:0:1:ffff::2, true",
    "2001:db8:0:1::1,    2001:db8:0:2::1,      false",
    "192.0.2.1,          192.0.2.2,            false",
    "192.0.2.1,          ::ffff:192.0.2.1,     true",
    "0.0.0.1,            ::1:0:0:0:0,          false"
  })
  void countsAnIpv6NetworkOf64BitsAsOneAddress(String one, String other, boolean same) {
    Doorkeeper door = door(0, 1, 0, 0);
    door.enter(address(one));
    assertThat(door.refuse(address(other))).isEqualTo(same ? ConnectionRule.OF_ADDRESS : null);
  }

  @Test
  void remembersOnlySoManyAddresses() {
    Doorkeeper door = door(0, 0, 1, 0);
    for (int i = 0; i < Doorkeeper.MOST_ADDRESSES + 7; i++) {
      door.refuse(address(i));
      door.enter(address(i)).leave();
    }
    Bound remembered = bound(door, "addresses-remembered");
    assertThat(remembered.used().getAsLong()).isEqualTo(Doorkeeper.MOST_ADDRESSES);
    assertThat(remembered.limit()).isEqualTo(Doorkeeper.MOST_ADDRESSES);
    assertThat(remembered.overflows().getAsLong()).isEqualTo(7);
    assertThat(bound(door, ConnectionRule.OF_ADDRESS).used().getAsLong()).isZero();
  }

  @Test
  void limitsNothingWhenNothingIsLimited() {
    Doorkeeper door = new Doorkeeper(ConnectionLimits.NONE, plenty, time);
    for (int i = 0; i < 30_000; i++) {
      assertThat(door.full()).isNull();
      assertThat(door.refuse(address(1))).isNull();
      door.enter(address(1));
    }
  }
}
