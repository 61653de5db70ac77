package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each limit of connections is reached, holds, and gives way again. */
@Tag("S53")
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

  /** Does what it is told, at once. */
  private static final class Guest implements Doorkeeper.Guest {
    private Doorkeeper.@Nullable Visit visit;
    private boolean begun;
    private boolean closed;

    @Override
    public void begin() {
      begun = true;
    }

    @Override
    public void leave(@Nullable ConnectionRule rule) {
      closed = true;
      visit().leave();
    }

    Doorkeeper.Visit visit() {
      return Objects.requireNonNull(visit);
    }
  }

  private static Guest enter(Doorkeeper door, InetAddress address) {
    Guest guest = new Guest();
    Doorkeeper.Answer answer = door.enter(address, guest);
    assertThat(answer.refusal()).isNull();
    guest.visit = answer.visit();
    door.beginHandshakes();
    return guest;
  }

  private static Guest enter(Doorkeeper door, int number) {
    return enter(door, address(number));
  }

  private static List<Guest> enter(Doorkeeper door, int address, int number) {
    List<Guest> guests = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      guests.add(enter(door, address));
    }
    return guests;
  }

  /** Of one that would come now; if it may, it leaves again. */
  private static @Nullable ConnectionRule refusal(Doorkeeper door, InetAddress address) {
    Doorkeeper.Answer answer = door.enter(address, new Guest());
    if (answer.visit() != null) {
      answer.visit().leave();
    }
    return answer.refusal();
  }

  private static @Nullable ConnectionRule refusal(Doorkeeper door, int number) {
    return refusal(door, address(number));
  }

  private static long used(Doorkeeper door, ConnectionRule rule) {
    return bound(door, rule).used().getAsLong();
  }

  @Test
  void isFullWhenAllPlacesAreTaken() {
    Doorkeeper door = door(3, 0, 0, 0);
    List<Guest> guests = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      guests.add(enter(door, i));
    }
    assertThat(refusal(door, 4)).isEqualTo(ConnectionRule.TOTAL);
    assertThat(used(door, ConnectionRule.TOTAL)).isEqualTo(3);
    guests.get(0).visit().leave();
    assertThat(refusal(door, 4)).isNull();
    guests.forEach(guest -> guest.visit().leave());
    assertThat(used(door, ConnectionRule.TOTAL)).isZero();
  }

  @Test
  void countsAVisitOnceHoweverOftenItIsToldToEnd() {
    Doorkeeper door = door(5, 3, 0, 3);
    Guest stays = enter(door, 1);
    Doorkeeper.Visit leaves = enter(door, 1).visit();
    leaves.handshaken();
    leaves.leave();
    leaves.handshaken();
    leaves.leave();
    assertThat(used(door, ConnectionRule.TOTAL)).isEqualTo(1);
    assertThat(used(door, ConnectionRule.HANDSHAKES)).isEqualTo(1);
    assertThat(used(door, ConnectionRule.OF_ADDRESS)).isEqualTo(1);
    stays.visit().leave();
    assertThat(used(door, ConnectionRule.HANDSHAKES)).isZero();
    assertThat(used(door, ConnectionRule.OF_ADDRESS)).isZero();
  }

  @Test
  @Tag("S91")
  void isFullWhileFileDescriptorsAreScarce() {
    long[] open = {79};
    Doorkeeper door =
        new Doorkeeper(ConnectionLimits.NONE, new FileDescriptors(() -> open[0], 100, time), time);
    enter(door, 1);
    open[0] = 80;
    time.advance(Duration.ofMillis(50));
    assertThat(refusal(door, 1)).isEqualTo(ConnectionRule.DESCRIPTORS);
    assertThat(used(door, ConnectionRule.DESCRIPTORS)).isEqualTo(80);
    assertThat(bound(door, ConnectionRule.DESCRIPTORS).limit()).isEqualTo(80);
    open[0] = 79; // somebody else closed a file
    time.advance(Duration.ofMillis(50));
    assertThat(refusal(door, 1)).isNull();
  }

  /** All kubelets of a cluster behind one balancer. */
  @Test
  void letsOneAddressHaveWhatNobodyElseNeeds() {
    Doorkeeper door = door(100, 25, 1, 10);
    List<Guest> guests = enter(door, 1, 80);
    assertThat(refusal(door, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(guests).noneMatch(guest -> guest.closed);
    for (int i = 0; i < 80; i++) {
      guests.stream().filter(guest -> guest.begun).forEach(guest -> guest.visit().handshaken());
      door.beginHandshakes();
    }
    assertThat(guests).allMatch(guest -> guest.begun);
  }

  @Test
  void keepsTheLastFifthForThoseBelowTheirShare() {
    Doorkeeper door = door(10, 2, 0, 0);
    Guest one = enter(door, 1, 8).get(0);
    assertThat(refusal(door, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    enter(door, 2, 2);
    one.visit().leave();
    assertThat(refusal(door, 2)).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(refusal(door, 3)).isNull();
  }

  @Test
  @Tag("S91")
  void bindsSharesWhileFileDescriptorsRunShort() {
    long[] open = {0};
    Doorkeeper door =
        new Doorkeeper(
            new ConnectionLimits(1_000, 500, 0, 0, address -> false),
            new FileDescriptors(() -> open[0], 100, time),
            time);
    enter(door, 1, 20);
    assertThat(refusal(door, 1)).isNull();
    open[0] = 64;
    time.advance(Duration.ofSeconds(1));
    assertThat(refusal(door, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    open[0] = 30; // given back, and nobody else comes
    time.advance(Duration.ofSeconds(1));
    assertThat(refusal(door, 1)).isNull();
  }

  @Test
  @Tag("S91")
  void letsNobodyWaitWhileItLooksAtFileDescriptors() throws Exception {
    CountDownLatch looks = new CountDownLatch(2);
    CountDownLatch seen = new CountDownLatch(1);
    FileDescriptors slow =
        new FileDescriptors(
            () -> {
              looks.countDown();
              awaitUninterruptibly(looks.getCount() == 0 ? seen : null);
              return 0;
            },
            100,
            time);
    Doorkeeper door = new Doorkeeper(ConnectionLimits.NONE, slow, time);
    Guest first = enter(door, 1);
    time.advance(Duration.ofSeconds(1));
    CompletableFuture<Guest> second = CompletableFuture.supplyAsync(() -> enter(door, 2));
    looks.await();
    first.visit().handshaken();
    first.visit().leave();
    assertThat(enter(door, 3).begun).isTrue();
    seen.countDown();
    assertThat(second.get(60, TimeUnit.SECONDS).begun).isTrue();
  }

  private static void awaitUninterruptibly(@Nullable CountDownLatch latch) {
    try {
      if (latch != null) {
        latch.await();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void makesTheAddressWithMostGiveWayWhenAllPlacesAreTaken() {
    Doorkeeper door = door(10, 2, 0, 0);
    List<Guest> most = enter(door, 1, 8);
    most.get(0).visit().serves(1);
    most.get(1).visit().serves(1);
    most.get(2).visit().serves(1);
    most.get(2).visit().serves(0);
    enter(door, 2, 2);
    enter(door, 3, 2);
    enter(door, 4, 2);
    assertThat(most.subList(3, 7)).allMatch(guest -> guest.closed); // they never asked for anything
    assertThat(most.subList(0, 3)).noneMatch(guest -> guest.closed);
    enter(door, 5, 1);
    assertThat(most.get(7).closed).isTrue();
    enter(door, 6, 1);
    assertThat(most.get(2).closed).isTrue(); // it asks for nothing now
    assertThat(most.subList(0, 2)).noneMatch(guest -> guest.closed);
    assertThat(used(door, ConnectionRule.TOTAL)).isEqualTo(10);
  }

  @Test
  void closesBusyConnectionsOnlyOfAnAddressBeyondItsShare() {
    Doorkeeper door = door(10, 5, 0, 0);
    enter(door, 1, 5).forEach(guest -> guest.visit().serves(1));
    enter(door, 2, 5).forEach(guest -> guest.visit().serves(1));
    assertThat(refusal(door, 3)).isEqualTo(ConnectionRule.TOTAL);
    Doorkeeper smaller = door(10, 2, 0, 0);
    List<Guest> busy = enter(smaller, 1, 8);
    busy.forEach(guest -> guest.visit().serves(1));
    enter(smaller, 2, 2);
    enter(smaller, 3, 1);
    assertThat(busy).filteredOn(guest -> guest.closed).hasSize(1);
  }

  /** Whoever stands first must not keep those out who could come in. */
  @Test
  void closesAtAFullDoorWhoHasMoreThanOthers() {
    Doorkeeper door = door(10, 6, 0, 0);
    enter(door, 1, 4).forEach(guest -> guest.visit().serves(1));
    enter(door, 2, 4).forEach(guest -> guest.visit().serves(1));
    enter(door, 3, 2).forEach(guest -> guest.visit().serves(1));
    assertThat(refusal(door, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(refusal(door, 3)).isEqualTo(ConnectionRule.TOTAL);
  }

  @Test
  void letsHandshakesOfAnAddressWaitForThoseOfOthers() {
    Doorkeeper door = door(0, 1_000, 0, 10);
    List<Guest> many = enter(door, 1, 20);
    assertThat(many).filteredOn(guest -> guest.begun).hasSize(8);
    assertThat(many.get(8).visit().waitsFor()).isEqualTo(ConnectionRule.HANDSHAKES_OF_ADDRESS);
    assertThat(enter(door, 2).begun).isTrue();
    Guest tenth = enter(door, 3);
    assertThat(tenth.begun).isTrue();
    assertThat(many.get(8).visit().waitsFor()).isEqualTo(ConnectionRule.HANDSHAKES);
    Guest eleventh = enter(door, 4);
    assertThat(eleventh.begun).isFalse();
    tenth.visit().handshaken();
    door.beginHandshakes();
    assertThat(eleventh.begun).isTrue(); // before all those that came before it
    assertThat(many).filteredOn(guest -> guest.begun).hasSize(8);
    assertThat(many).noneMatch(guest -> guest.closed);
    assertThat(bound(door, "handshakes-waiting").used().getAsLong()).isEqualTo(12);
  }

  @Test
  @Tag("S30")
  void closesTheSlowestHandshakeOfTheAddressWithMostForOneThatHasNone() {
    Doorkeeper door = door(0, 1_000, 0, 10);
    List<Guest> mute = enter(door, 1, 8);
    enter(door, 2, 2);
    Guest honest = enter(door, 3);
    assertThat(honest.begun).isFalse();
    time.advance(Duration.ofSeconds(1));
    door.beginHandshakes();
    assertThat(honest.begun).isTrue();
    assertThat(mute.get(0).closed).isTrue();
    assertThat(mute.subList(1, 8)).noneMatch(guest -> guest.closed);
    assertThat(used(door, ConnectionRule.HANDSHAKES)).isEqualTo(10);
  }

  @Test
  void letsThoseWaitForOthersThatComeTooOften() {
    Doorkeeper door = door(0, 100, 1, 5);
    List<Guest> first = enter(door, 1, 10); // a burst is five of them
    Guest second = enter(door, 2, 10).get(1);
    assertThat(second.begun).isFalse();
    assertThat(first.get(9).visit().waitsFor()).isEqualTo(ConnectionRule.HANDSHAKES);
    first.get(0).visit().handshaken();
    door.beginHandshakes();
    first.get(1).visit().handshaken();
    first.get(2).visit().handshaken();
    door.beginHandshakes();
    assertThat(first.get(9).begun).isFalse();
  }

  @Test
  void holdsUnlimitedAddressesToTheTotalsOnly() {
    InetAddress free = address("192.0.2.1");
    Doorkeeper door = door(6, 1, 1, 100, free::equals);
    for (int i = 0; i < 6; i++) {
      Guest guest = enter(door, free);
      assertThat(guest.begun).isTrue();
      guest.visit().serves(1);
    }
    assertThat(refusal(door, free)).isEqualTo(ConnectionRule.TOTAL);
    assertThat(refusal(door, 1)).isEqualTo(ConnectionRule.TOTAL);
  }

  /** A balancer whose clients hold all: what they do not use is for those who come directly. */
  @Test
  void makesAnUnlimitedAddressGiveWayWithWhatItDoesNotUse() {
    InetAddress free = address("192.0.2.1");
    Doorkeeper door = door(6, 3, 0, 0, free::equals);
    List<Guest> behind = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      behind.add(enter(door, free));
    }
    behind.subList(0, 4).forEach(guest -> guest.visit().serves(1));
    behind.get(3).visit().serves(0);
    enter(door, 1);
    enter(door, 2);
    enter(door, 3);
    assertThat(behind)
        .extracting(guest -> guest.closed)
        .containsExactly(false, false, false, true, true, true);
    assertThat(refusal(door, 4)).isEqualTo(ConnectionRule.TOTAL);
    assertThat(used(door, ConnectionRule.OF_ADDRESS)).isEqualTo(1);
  }

  /** Whoever comes through a balancer must not be kept out by one address that took all before. */
  @Test
  void makesAnAddressBeyondItsShareGiveWayToAnUnlimitedOne() {
    InetAddress free = address("192.0.2.1");
    Doorkeeper door = door(10, 2, 0, 0, free::equals);
    for (int i = 0; i < 6; i++) {
      enter(door, free).visit().serves(1);
    }
    enter(door, 1, 2);
    enter(door, 2, 2);
    assertThat(refusal(door, free))
        .as("nobody is beyond its share")
        .isEqualTo(ConnectionRule.TOTAL);
    Doorkeeper other = door(10, 2, 0, 0, free::equals);
    List<Guest> greedy = enter(other, 1, 8);
    greedy.forEach(guest -> guest.visit().serves(1));
    for (int i = 0; i < 8; i++) {
      enter(other, free).visit().serves(1);
    }
    assertThat(greedy).filteredOn(guest -> guest.closed).hasSize(6);
  }

  @Test
  void closesTheSlowestHandshakeForAnUnlimitedAddressToo() {
    InetAddress free = address("192.0.2.1");
    Doorkeeper door = door(0, 1_000, 0, 10, free::equals);
    List<Guest> mute = enter(door, 1, 8);
    enter(door, 2, 2);
    Guest honest = enter(door, free);
    assertThat(honest.begun).isFalse();
    time.advance(Duration.ofSeconds(1));
    door.beginHandshakes();
    assertThat(honest.begun).isTrue();
    assertThat(mute).filteredOn(guest -> guest.closed).hasSize(1);
  }

  /** A neighbour behind the same balancer is no other address. */
  @Test
  void closesTheSlowestHandshakeOfAnUnlimitedAddressForWhoeverWaits() {
    InetAddress free = address("192.0.2.1");
    Doorkeeper door = door(0, 1_000, 0, 10, free::equals);
    List<Guest> mute = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      mute.add(enter(door, free));
    }
    Guest neighbour = enter(door, free);
    Guest other = enter(door, 1);
    assertThat(neighbour.begun || other.begun).isFalse();
    time.advance(Duration.ofSeconds(1));
    door.beginHandshakes();
    assertThat(neighbour.begun && other.begun).isTrue();
    assertThat(mute).filteredOn(guest -> guest.closed).hasSize(2);
  }

  @Test
  void sendsAwayWhoWaitsWhenTheListenerIsClosed() {
    Doorkeeper door = door(0, 100, 0, 1);
    List<Guest> guests = enter(door, 1, 3);
    door.dismissWaiting();
    assertThat(guests).extracting(guest -> guest.closed).containsExactly(false, true, true);
    assertThat(used(door, ConnectionRule.TOTAL)).isEqualTo(1);
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
    enter(door, address(one));
    assertThat(refusal(door, address(other))).isEqualTo(same ? ConnectionRule.OF_ADDRESS : null);
  }

  @Test
  void remembersOnlySoManyAddresses() {
    Doorkeeper door = door(0, 1, 1, 0);
    for (int i = 0; i < Doorkeeper.MOST_ADDRESSES + 7; i++) {
      enter(door, i).visit().leave();
    }
    Bound remembered = bound(door, "addresses-remembered");
    assertThat(remembered.used().getAsLong()).isEqualTo(Doorkeeper.MOST_ADDRESSES);
    assertThat(remembered.limit()).isEqualTo(Doorkeeper.MOST_ADDRESSES);
    assertThat(remembered.overflows().getAsLong()).isEqualTo(7);
    assertThat(used(door, ConnectionRule.OF_ADDRESS)).isZero();
  }

  @Test
  void limitsNothingWhenNothingIsLimited() {
    Doorkeeper door = new Doorkeeper(ConnectionLimits.NONE, plenty, time);
    for (int i = 0; i < 30_000; i++) {
      assertThat(enter(door, 1).begun).isTrue();
    }
  }
}
