package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.server.listen.OpenConnection.Stage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each limit of connections is reached, holds, and gives way again. */
@Tag("S53")
class OpenConnectionsTest extends ConnectionsFixture {
  private static ConnectionLimits strangersGiveWay() {
    return new ConnectionLimits(10, 2, 0, 0, address -> false, true, Duration.ofSeconds(3));
  }

  @Test
  void isFullWhenAllPlacesAreTaken() {
    OpenConnections all = limited(3, 0, 0, 0);
    List<FakeSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sockets.add(enter(all, i));
    }
    assertThat(refusal(all, 4)).isEqualTo(ConnectionRule.TOTAL);
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(3);
    sockets.get(0).counted().leave();
    assertThat(refusal(all, 4)).isNull();
    sockets.forEach(socket -> socket.counted().leave());
    assertThat(used(all, ConnectionRule.TOTAL)).isZero();
  }

  @Test
  void countsAConnectionOnceHoweverOftenItIsToldToEnd() {
    OpenConnections all = limited(5, 3, 0, 3);
    FakeSocket stays = enter(all, 1);
    OpenConnection leaves = enter(all, 1).counted();
    leaves.handshaken();
    leaves.leave();
    leaves.handshaken();
    leaves.leave();
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(1);
    assertThat(used(all, ConnectionRule.HANDSHAKES)).isEqualTo(1);
    assertThat(used(all, ConnectionRule.OF_ADDRESS)).isEqualTo(1);
    stays.counted().leave();
    assertThat(used(all, ConnectionRule.HANDSHAKES)).isZero();
    assertThat(used(all, ConnectionRule.OF_ADDRESS)).isZero();
  }

  @Test
  @Tag("S91")
  void isFullWhileFileDescriptorsAreScarce() {
    long[] open = {79};
    OpenConnections all =
        new OpenConnections(
            ConnectionLimits.NONE, new FileDescriptors(() -> open[0], 100, time), time);
    enter(all, 1);
    open[0] = 80;
    time.advance(Duration.ofMillis(50));
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.DESCRIPTORS);
    assertThat(used(all, ConnectionRule.DESCRIPTORS)).isEqualTo(80);
    assertThat(bound(all, ConnectionRule.DESCRIPTORS).limit()).isEqualTo(80);
    open[0] = 79; // somebody else closed a file
    time.advance(Duration.ofMillis(50));
    assertThat(refusal(all, 1)).isNull();
  }

  @Test
  @Tag("S82")
  void letsWhoHasNotShownWhoItIsGiveWayWhereThatIsAsked() {
    OpenConnections all = limited(strangersGiveWay());
    OpenConnection holder = enter(all, 1).counted();
    holder.handshaken();
    List<FakeSocket> silent = new ArrayList<>();
    for (int i = 2; i <= 10; i++) { // each from an address of its own
      silent.add(enter(all, i));
    }
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(10);

    FakeSocket comes = enter(all, 11);

    assertThat(comes.begun).isTrue();
    assertThat(silent.get(0).closed).as("the one that has said nothing for longest").isTrue();
    assertThat(silent.subList(1, 9)).noneMatch(socket -> socket.closed);
    assertThat(holder.stage()).isEqualTo(Stage.ESTABLISHED);
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(10);
  }

  /** A holder behind the same address as those that say nothing. */
  @Test
  @Tag("S82")
  void letsStrangersGiveWayWithinTheirAddressToo() {
    OpenConnections all = limited(strangersGiveWay());
    List<FakeSocket> silent = enter(all, 1, 8);

    FakeSocket comes = enter(all, 1);
    comes.counted().handshaken();
    enter(all, 1, 20);

    assertThat(silent.get(0).closed).isTrue();
    assertThat(comes.closed).as("it has shown who it is").isFalse();
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(8);
    for (int i = 0; i < 7; i++) {
      enter(all, 1).counted().handshaken();
    }
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
  }

  /** Or whoever takes the places of an address keeps all others out that share it. */
  @Test
  @Tag("S30")
  void letsGiveWayToItsOwnAddressWhoHasNotEndedItsHandshakeForLong() {
    OpenConnections all = limited(100, 25, 0, 0);
    List<FakeSocket> mute = enter(all, 1, 78);
    List<FakeSocket> open = enter(all, 1, 2);
    open.forEach(socket -> socket.counted().handshaken());
    time.advance(Duration.ofMillis(9_999));
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    time.advance(Duration.ofMillis(1));

    FakeSocket honest = enter(all, 1);
    honest.counted().handshaken();

    assertThat(mute).filteredOn(socket -> socket.closed).containsExactly(mute.get(0));
    enter(all, 1, 77);
    assertThat(mute).allMatch(socket -> socket.closed);
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(open).noneMatch(socket -> socket.closed);
    assertThat(honest.closed).isFalse();
  }

  /** All kubelets of a cluster behind one balancer. */
  @Test
  void letsOneAddressHaveWhatNobodyElseNeeds() {
    OpenConnections all = limited(100, 25, 1, 10);
    List<FakeSocket> sockets = enter(all, 1, 80);
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(sockets).noneMatch(socket -> socket.closed);
    for (int i = 0; i < 80; i++) {
      sockets.stream()
          .filter(socket -> socket.begun)
          .forEach(socket -> socket.counted().handshaken());
      all.beginHandshakes();
    }
    assertThat(sockets).allMatch(socket -> socket.begun);
  }

  @Test
  void keepsTheLastFifthForThoseBelowTheirShare() {
    OpenConnections all = limited(10, 2, 0, 0);
    FakeSocket one = enter(all, 1, 8).get(0);
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    enter(all, 2, 2);
    one.counted().leave();
    assertThat(refusal(all, 2)).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(refusal(all, 3)).isNull();
  }

  @Test
  @Tag("S91")
  void bindsSharesWhileFileDescriptorsRunShort() {
    long[] open = {0};
    OpenConnections all =
        new OpenConnections(
            new ConnectionLimits(1_000, 500, 0, 0, address -> false),
            new FileDescriptors(() -> open[0], 100, time),
            time);
    enter(all, 1, 20);
    assertThat(refusal(all, 1)).isNull();
    open[0] = 64;
    time.advance(Duration.ofSeconds(1));
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    open[0] = 30; // given back, and nobody else comes
    time.advance(Duration.ofSeconds(1));
    assertThat(refusal(all, 1)).isNull();
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
    OpenConnections all = new OpenConnections(ConnectionLimits.NONE, slow, time);
    FakeSocket first = enter(all, 1);
    time.advance(Duration.ofSeconds(1));
    CompletableFuture<FakeSocket> second = CompletableFuture.supplyAsync(() -> enter(all, 2));
    looks.await();
    first.counted().handshaken();
    first.counted().leave();
    assertThat(enter(all, 3).begun).isTrue();
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
    OpenConnections all = limited(10, 2, 0, 0);
    List<FakeSocket> most = enter(all, 1, 8);
    most.get(0).counted().serves(1);
    most.get(1).counted().serves(1);
    most.get(2).counted().serves(1);
    most.get(2).counted().serves(0);
    enter(all, 2, 2);
    enter(all, 3, 2);
    enter(all, 4, 2);
    assertThat(most.subList(3, 7))
        .allMatch(socket -> socket.closed); // they never asked for anything
    assertThat(most.subList(0, 3)).noneMatch(socket -> socket.closed);
    enter(all, 5, 1);
    assertThat(most.get(7).closed).isTrue();
    enter(all, 6, 1);
    assertThat(most.get(2).closed).isTrue(); // it asks for nothing now
    assertThat(most.subList(0, 2)).noneMatch(socket -> socket.closed);
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(10);
  }

  @Test
  void closesBusyConnectionsOnlyOfAnAddressBeyondItsShare() {
    OpenConnections all = limited(10, 5, 0, 0);
    enter(all, 1, 5).forEach(socket -> socket.counted().serves(1));
    enter(all, 2, 5).forEach(socket -> socket.counted().serves(1));
    assertThat(refusal(all, 3)).isEqualTo(ConnectionRule.TOTAL);
    OpenConnections smaller = limited(10, 2, 0, 0);
    List<FakeSocket> busy = enter(smaller, 1, 8);
    busy.forEach(socket -> socket.counted().serves(1));
    enter(smaller, 2, 2);
    enter(smaller, 3, 1);
    assertThat(busy).filteredOn(socket -> socket.closed).hasSize(1);
  }

  /** Whoever stands first must not keep those out who could come in. */
  @Test
  void closesAtAFullDoorWhoHasMoreThanOthers() {
    OpenConnections all = limited(10, 6, 0, 0);
    enter(all, 1, 4).forEach(socket -> socket.counted().serves(1));
    enter(all, 2, 4).forEach(socket -> socket.counted().serves(1));
    enter(all, 3, 2).forEach(socket -> socket.counted().serves(1));
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.OF_ADDRESS);
    assertThat(refusal(all, 3)).isEqualTo(ConnectionRule.TOTAL);
  }

  @Test
  void holdsUnlimitedAddressesToTheTotalsOnly() {
    InetAddress free = address("192.0.2.1");
    OpenConnections all = limited(6, 1, 1, 100, free::equals);
    for (int i = 0; i < 6; i++) {
      FakeSocket socket = enter(all, free);
      assertThat(socket.begun).isTrue();
      socket.counted().serves(1);
    }
    assertThat(refusal(all, free)).isEqualTo(ConnectionRule.TOTAL);
    assertThat(refusal(all, 1)).isEqualTo(ConnectionRule.TOTAL);
  }

  /** A balancer whose clients hold all: what they do not use is for those who come directly. */
  @Test
  void makesAnUnlimitedAddressGiveWayWithWhatItDoesNotUse() {
    InetAddress free = address("192.0.2.1");
    OpenConnections all = limited(6, 3, 0, 0, free::equals);
    List<FakeSocket> behind = enter(all, free, 6);
    behind.subList(0, 4).forEach(socket -> socket.counted().serves(1));
    behind.get(3).counted().serves(0);
    enter(all, 1);
    enter(all, 2);
    enter(all, 3);
    assertThat(behind)
        .extracting(socket -> socket.closed)
        .containsExactly(false, false, false, true, true, true);
    assertThat(refusal(all, 4)).isEqualTo(ConnectionRule.TOTAL);
    assertThat(used(all, ConnectionRule.OF_ADDRESS)).isEqualTo(1);
  }

  /** Whoever comes through a balancer must not be kept out by one address that took all before. */
  @Test
  void makesAnAddressBeyondItsShareGiveWayToAnUnlimitedOne() {
    InetAddress free = address("192.0.2.1");
    OpenConnections all = limited(10, 2, 0, 0, free::equals);
    for (int i = 0; i < 6; i++) {
      enter(all, free).counted().serves(1);
    }
    enter(all, 1, 2);
    enter(all, 2, 2);
    assertThat(refusal(all, free)).as("nobody is beyond its share").isEqualTo(ConnectionRule.TOTAL);
    OpenConnections other = limited(10, 2, 0, 0, free::equals);
    List<FakeSocket> greedy = enter(other, 1, 8);
    greedy.forEach(socket -> socket.counted().serves(1));
    for (int i = 0; i < 8; i++) {
      enter(other, free).counted().serves(1);
    }
    assertThat(greedy).filteredOn(socket -> socket.closed).hasSize(6);
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
    OpenConnections all = limited(0, 1, 0, 0);
    enter(all, address(one));
    assertThat(refusal(all, address(other))).isEqualTo(same ? ConnectionRule.OF_ADDRESS : null);
  }

  @Test
  void limitsNothingWhenNothingIsLimited() {
    OpenConnections all = limited(ConnectionLimits.NONE);
    for (int i = 0; i < 30_000; i++) {
      assertThat(enter(all, 1).begun).isTrue();
    }
  }

  /** However they come, begin, give way and go. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void countsWhoIsThereAndNobodyElse(long seed) {
    Random random = new Random(seed);
    OpenConnections all = limited(20, 4, 1, 8, address(1)::equals);
    List<FakeSocket> there = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      FakeSocket some = there.isEmpty() ? null : there.get(random.nextInt(there.size()));
      switch (random.nextInt(some == null ? 1 : 5)) {
        case 0, 1 -> {
          FakeSocket socket = new FakeSocket();
          if (enter(all, address(random.nextInt(6)), socket) == null) {
            there.add(socket);
          }
        }
        case 2 -> Objects.requireNonNull(some).counted().leave();
        case 3 -> Objects.requireNonNull(some).counted().handshaken();
        default -> Objects.requireNonNull(some).counted().serves(random.nextInt(2));
      }
      all.beginHandshakes();
      time.advance(Duration.ofMillis(random.nextInt(200)));
      there.removeIf(socket -> socket.counted().stage() == Stage.OUTSIDE);
      expectCounted(all, there);
    }
    there.forEach(socket -> socket.counted().leave());
    expectCounted(all, List.of());
  }

  private static void expectCounted(OpenConnections all, List<FakeSocket> there) {
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(there.size());
    assertThat(
            used(all, ConnectionRule.HANDSHAKES)
                + bound(all, "handshakes-aside").used().getAsLong())
        .isEqualTo(number(there, Stage.HANDSHAKING));
    assertThat(all.waiting()).isEqualTo((int) number(there, Stage.WAITING));
  }

  private static long number(List<FakeSocket> there, Stage stage) {
    return there.stream().filter(socket -> socket.counted().stage() == stage).count();
  }
}
