package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Who begins his handshake when, and who has to give way for it. */
@Tag("S53")
class HandshakesTest extends ConnectionsFixture {
  private boolean standsAside(FakeSocket socket) {
    return socket.counted().standsAside();
  }

  private static long aside(OpenConnections all) {
    return bound(all, "handshakes-aside").used().getAsLong();
  }

  @Test
  void letsHandshakesOfAnAddressWaitForThoseOfOthers() {
    OpenConnections all = limited(0, 1_000, 0, 10);
    List<FakeSocket> many = enter(all, 1, 20);
    assertThat(many).filteredOn(socket -> socket.begun).hasSize(8);
    assertThat(many.get(8).counted().waitsFor()).isEqualTo(ConnectionRule.HANDSHAKES_OF_ADDRESS);
    assertThat(enter(all, 2).begun).isTrue();
    FakeSocket tenth = enter(all, 3);
    assertThat(tenth.begun).isTrue();
    assertThat(many.get(8).counted().waitsFor()).isEqualTo(ConnectionRule.HANDSHAKES);
    FakeSocket eleventh = enter(all, 4);
    assertThat(eleventh.begun).isFalse();
    tenth.counted().handshaken();
    all.beginHandshakes();
    assertThat(eleventh.begun).isTrue(); // before all those that came before it
    assertThat(many).filteredOn(socket -> socket.begun).hasSize(8);
    assertThat(many).noneMatch(socket -> socket.closed);
    assertThat(bound(all, "handshakes-waiting").used().getAsLong()).isEqualTo(12);
  }

  @Test
  @Tag("S30")
  void hasTheSlowestHandshakeOfTheAddressWithMostStandAsideForOneThatHasNone() {
    OpenConnections all = limited(0, 1_000, 0, 10);
    List<FakeSocket> mute = enter(all, 1, 8);
    enter(all, 2, 2);
    FakeSocket honest = enter(all, 3);
    assertThat(honest.begun).isFalse();
    time.advance(Duration.ofMillis(100));
    all.beginHandshakes();
    assertThat(honest.begun).isTrue();
    assertThat(mute).filteredOn(this::standsAside).containsExactly(mute.get(0));
    assertThat(used(all, ConnectionRule.HANDSHAKES)).isEqualTo(10);
    assertThat(aside(all)).isEqualTo(1);
    mute.get(0).counted().handshaken(); // it goes on there
    assertThat(aside(all)).isZero();
    assertThat(mute).noneMatch(socket -> socket.closed);
  }

  @Test
  void letsThoseWaitForOthersThatComeTooOften() {
    OpenConnections all = limited(0, 100, 1, 5);
    List<FakeSocket> first = enter(all, 1, 10); // a burst is five of them
    FakeSocket second = enter(all, 2, 10).get(1);
    assertThat(second.begun).isFalse();
    assertThat(first.get(9).counted().waitsFor()).isEqualTo(ConnectionRule.HANDSHAKES);
    first.get(0).counted().handshaken();
    all.beginHandshakes();
    first.get(1).counted().handshaken();
    first.get(2).counted().handshaken();
    all.beginHandshakes();
    assertThat(first.get(9).begun).isFalse();
  }

  @Test
  void hasTheSlowestHandshakeStandAsideForAnUnlimitedAddressToo() {
    InetAddress free = address("192.0.2.1");
    OpenConnections all = limited(0, 1_000, 0, 10, free::equals);
    List<FakeSocket> mute = enter(all, 1, 8);
    enter(all, 2, 2);
    FakeSocket honest = enter(all, free);
    assertThat(honest.begun).isFalse();
    time.advance(Duration.ofMillis(100));
    all.beginHandshakes();
    assertThat(honest.begun).isTrue();
    assertThat(mute).filteredOn(this::standsAside).hasSize(1);
  }

  /** A neighbour behind the same balancer is no other address. */
  @Test
  void hasTheSlowestHandshakeOfAnUnlimitedAddressStandAsideForWhoeverWaits() {
    InetAddress free = address("192.0.2.1");
    OpenConnections all = limited(0, 1_000, 0, 10, free::equals);
    enter(all, free).counted().handshaken();
    List<FakeSocket> mute = enter(all, free, 10);
    FakeSocket neighbour = enter(all, free);
    FakeSocket other = enter(all, 1);
    assertThat(neighbour.begun || other.begun).isFalse();
    time.advance(Duration.ofMillis(50));
    all.beginHandshakes();
    assertThat(neighbour.begun && other.begun).isTrue();
    assertThat(mute).filteredOn(this::standsAside).hasSize(2);
  }

  /** Or whoever opens connections and says nothing would keep out all who share his address. */
  @Test
  @Tag("S30")
  void countsOnlyThoseThatHaveSpoken() {
    OpenConnections all = limited(0, 10_000, 0, 10);
    List<FakeSocket> mute = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      mute.add(enter(all, address(1), true));
    }
    assertThat(mute).filteredOn(socket -> socket.begun).hasSize(8);
    assertThat(bound(all, "handshakes-silent").used().getAsLong()).isEqualTo(8);
    assertThat(mute.get(8).counted().waitsFor()).isNull(); // but its own client
    for (int i = 0; i < 8; i++) {
      assertThat(enter(all, 1).begun).isTrue();
    }
    FakeSocket ninth = enter(all, 1);
    assertThat(ninth.counted().waitsFor()).isEqualTo(ConnectionRule.HANDSHAKES_OF_ADDRESS);
    assertThat(mute).noneMatch(socket -> socket.closed);
  }

  @Test
  void beginsTheHandshakeOfWhoSpeaksLate() {
    OpenConnections all = limited(0, 10_000, 0, 10);
    enter(all, 1, 8);
    List<FakeSocket> late = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      late.add(enter(all, address(2), true));
    }
    FakeSocket speaks = late.get(4_000);
    speaks.silent = false;
    for (int i = 0; i < 3; i++) {
      all.listen();
      all.beginHandshakes();
    }
    assertThat(late).filteredOn(socket -> socket.begun).containsExactly(speaks);

    time.advance(Duration.ofSeconds(59));
    for (int i = 0; i < 3; i++) {
      all.listen();
    }
    assertThat(late).noneMatch(socket -> socket.closed);
    time.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 3; i++) {
      all.listen();
    }
    assertThat(late).allMatch(socket -> socket.closed || socket == speaks);
    assertThat(bound(all, "handshakes-waiting").used().getAsLong()).isZero();
    assertThat(late).filteredOn(socket -> socket != speaks).allMatch(FakeSocket::wasTooSlow);
  }

  /** Its address may be that of many clients. */
  @Test
  @Tag("S30")
  void hasTheSlowestHandshakeOfAnAddressStandAsideForItsNewcomer() {
    OpenConnections all = limited(0, 1_000, 0, 10);
    enter(all, 1).counted().handshaken();
    List<FakeSocket> mute = enter(all, 1, 30);
    assertThat(mute).filteredOn(socket -> socket.begun).hasSize(8);
    for (int i = 0; i < 100; i++) {
      time.advance(Duration.ofMillis(50));
      FakeSocket honest = enter(all, 1);
      assertThat(honest.begun).as("%d", i).isTrue();
      honest.counted().handshaken();
      all.beginHandshakes();
    }
    assertThat(mute).noneMatch(socket -> socket.closed);
  }

  /** However many there are, and however fast they come: they cost less than open connections. */
  @Test
  @Tag("S30")
  void letsAnyNumberStandAside() {
    OpenConnections all = limited(0, 100_000, 0, 1_000);
    enter(all, 1).counted().handshaken();
    List<FakeSocket> mute = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      mute.add(enter(all, 1));
      if (i % 10 == 0) {
        time.advance(Duration.ofMillis(1));
      }
      if (i % 1_000 == 500) {
        FakeSocket honest = enter(all, 1);
        assertThat(honest.begun).as("after %d", i).isTrue();
        honest.counted().handshaken();
      }
    }
    assertThat(mute).allMatch(socket -> socket.begun && !socket.closed);
    assertThat(aside(all)).isEqualTo(40_000 - 800); // what is left is for others
  }

  /** Who comes next waits for what we do, so that is not much. */
  @Test
  void beginsOnlyAsManyAsWeCanAnswerSoon() {
    OpenConnections all = limited(0, 10_000, 0, 1_000);
    List<FakeSocket> many = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      many.add(new FakeSocket());
      many.get(i).owed = true;
      enter(all, address(1), many.get(i));
    }
    all.beginHandshakes();
    assertThat(many).filteredOn(socket -> socket.begun).hasSize(52); // four fifths of 64
    assertThat(enter(all, 2).begun).isTrue();
    many.stream().filter(socket -> socket.begun).forEach(s -> s.counted().waitsForItsClient());
    all.beginHandshakes();
    assertThat(many).filteredOn(socket -> socket.begun).hasSize(104);
    assertThat(bound(all, "handshakes-owed").used().getAsLong()).isEqualTo(52);
    many.forEach(socket -> socket.counted().leave());
    assertThat(bound(all, "handshakes-owed").used().getAsLong()).isZero();
  }

  @Test
  void blamesNoHandshakeForWhatWeOwe() {
    OpenConnections all = limited(0, 1_000, 0, 10);
    enter(all, 1).counted().handshaken();
    List<FakeSocket> slow = enter(all, 1, 8);
    FakeSocket eldest = slow.get(0);
    eldest.unread = true;
    time.advance(Duration.ofSeconds(9));
    assertThat(enter(all, 1).begun).isTrue();
    assertThat(slow).filteredOn(this::standsAside).containsExactly(slow.get(1));

    slow.forEach(one -> one.unread = true);
    assertThat(enter(all, 1).begun).isFalse();
  }

  /** It may be that all of its clients are on one busy machine. */
  @Test
  void isPatientWithAnAddressOfWhichNothingIsKnown() {
    OpenConnections all = limited(0, 1_000, 0, 10);
    enter(all, 1, 8);
    time.advance(Duration.ofMillis(99));
    assertThat(enter(all, 1).begun).isFalse();
    time.advance(Duration.ofMillis(1));
    assertThat(enter(all, 1).begun).isTrue();
  }

  /** Nobody of them holds a place for nothing: we are slow, or all of them are. */
  @Test
  void letsHandshakesTakeTheirTimeWhereAllOfTheirAddressDo() {
    OpenConnections all = limited(0, 1_000, 0, 10);
    List<FakeSocket> many = new ArrayList<>();
    Deque<FakeSocket> underWay = new ArrayDeque<>();
    for (int tick = 0; tick < 400; tick++) {
      if (many.size() < 200) {
        many.addAll(enter(all, 1, 20));
      }
      time.advance(Duration.ofMillis(250));
      all.beginHandshakes();
      many.stream().filter(s -> s.begun && !underWay.contains(s)).forEach(underWay::add);
      if (tick >= 16 && tick / 4 % 3 != 0) { // begins slowly, and stands still now and then
        underWay.stream()
            .filter(s -> s.counted().stage() == OpenConnection.Stage.HANDSHAKING)
            .findFirst()
            .ifPresent(s -> s.counted().handshaken());
        all.beginHandshakes();
      }
      assertThat(many).as("at tick %d", tick).noneMatch(socket -> socket.closed);
    }
    assertThat(many).allMatch(socket -> socket.begun);
  }

  @Test
  void sendsAwayWhoWaitsWhenTheListenerIsClosed() {
    OpenConnections all = limited(0, 100, 0, 1);
    List<FakeSocket> sockets = enter(all, 1, 3);
    all.dismissWaiting();
    assertThat(sockets).extracting(socket -> socket.closed).containsExactly(false, true, true);
    assertThat(used(all, ConnectionRule.TOTAL)).isEqualTo(1);
  }

  @Test
  void remembersOnlySoManyAddresses() {
    OpenConnections all = limited(0, 1, 1, 0);
    for (int i = 0; i < 10 * Handshakes.MOST_ADDRESSES; i++) {
      enter(all, i).counted().leave();
    }
    Bound remembered = bound(all, "addresses-remembered");
    assertThat(remembered.used().getAsLong())
        .isBetween((long) Handshakes.MOST_ADDRESSES, remembered.limit());
    assertThat(remembered.overflows().getAsLong()).isPositive();
    assertThat(used(all, ConnectionRule.OF_ADDRESS)).isZero();
  }
}
