package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.time.KeyHash;
import io.apfproxy.time.KeyTable;
import io.apfproxy.time.Pace;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes under way, and the line of those that wait for theirs: the addresses take turns,
 * those that come too often after the others. Who has not sent a byte counts for none, and begins
 * only while there is room for all; or whoever opens connections and says nothing would keep others
 * out. For who has just come one stands aside that does not get on: of an address that has more, or
 * of its own, which may be that of many clients. It goes on there, as that costs memory only, less
 * than a connection that is open. Not thread-safe: guarded by the lock of {@link OpenConnections}.
 */
final class Handshakes {
  /** The buckets are bounded in themselves. */
  static final int MOST_ADDRESSES = 10_000;

  /** Each is a call of the system. */
  private static final int ASKED_AT_A_TIME = 16;

  private final TimeSource time;
  private final @Nullable KeyTable newOnes;
  private final HandshakeTimes times = new HandshakeTimes(MOST_ADDRESSES);
  private final Turns<ClientAddress, OpenConnection> inTime = new Turns<>();
  private final Turns<ClientAddress, OpenConnection> tooOften = new Turns<>();
  private final Turns<ClientAddress, OpenConnection> silent = new Turns<>();

  private final HandshakePlaces underWay;

  /**
   * Those, and those that stand aside, whose first step is ours to make: who is new waits for them
   * on the loops.
   */
  private final HandshakePlaces owed;

  private int aside;
  private int mute;

  Handshakes(ConnectionLimits limits, TimeSource time) {
    this.time = time;
    this.underWay = new HandshakePlaces(limits.handshakes(), limits.ofAddress(limits.handshakes()));
    this.owed =
        new HandshakePlaces(limits.handshakesOwed(), limits.ofAddress(limits.handshakesOwed()));
    this.newOnes =
        limits.newPerSecond() == 0
            ? null
            : new KeyTable(
                MOST_ADDRESSES,
                Pace.perSecond(limits.newPerSecond(), limits.burst()),
                time.nanoTime());
  }

  void standInLine(OpenConnection one) {
    one.standsInLine(time.nanoTime());
    if (hasRoomForSilent()) {
      line(one);
      return;
    }
    silent.add(one.address(), one);
    if (one.socket().hasSpoken()) {
      speaksInLine(one);
    }
  }

  private void line(OpenConnection one) {
    boolean often = one.shares() && comesTooOften(one.address());
    (often ? tooOften : inTime).add(one.address(), one);
  }

  private boolean comesTooOften(ClientAddress address) {
    return newOnes != null
        && newOnes.take(KeyHash.of(address.ipv6() ? 6 : 4, address.bits()), time.nanoTime(), 1, 0)
            < 0;
  }

  void leaveLine(OpenConnection one) {
    silent.remove(one.address(), one);
    inTime.remove(one.address(), one);
    tooOften.remove(one.address(), one);
  }

  void begin(OpenConnection one) {
    one.handshakeBegins(time.nanoTime());
    if (one.spoke()) {
      count(one);
    } else {
      mute++;
    }
  }

  private void count(OpenConnection one) {
    owed.take(one);
    underWay.take(one);
  }

  /** The first byte of one under way was read. */
  void heard(OpenConnection one) {
    if (!one.spoke()) {
      mute--;
      one.speaks();
      count(one);
    }
  }

  /** One under way that spoke waits for its client, for the first time. */
  void answered(OpenConnection one) {
    one.waitsForClient();
    owed.giveBack(one);
  }

  /** To be told before its {@link #end}. */
  void succeeded(OpenConnection one) {
    times.succeeded(one.address(), time.nanoTime() - one.since());
  }

  void end(OpenConnection one) {
    if (!one.spoke()) {
      mute--;
      return;
    }
    if (one.standsAside()) {
      aside--;
    } else {
      underWay.giveBack(one);
    }
    if (!one.answered()) {
      owed.giveBack(one);
    }
  }

  /** Of those whose first byte came, but those that stand aside. */
  int underWay() {
    return underWay.taken();
  }

  /** How many wait for us. */
  int owed() {
    return owed.taken();
  }

  /** How many stand aside. */
  int aside() {
    return aside;
  }

  /** How many have begun without a byte. */
  int mute() {
    return mute;
  }

  /** How many may. */
  long mostMute() {
    return Scarcity.from(underWay.limit());
  }

  /** Some of those that wait without a word, each in its turn. */
  List<OpenConnection> silent(int most) {
    List<OpenConnection> some = new ArrayList<>();
    for (int i = Math.min(most, silent.size()); i > 0; i--) {
      OpenConnection one = Objects.requireNonNull(silent.next(any -> any));
      silent.add(one.address(), one);
      some.add(one);
    }
    return some;
  }

  /** Whether it stands among those. */
  boolean isSilent(OpenConnection one) {
    return silent.contains(one);
  }

  void speaksInLine(OpenConnection one) {
    if (isSilent(one)) {
      silent.remove(one.address(), one);
      one.speaks();
      one.standsInLine(time.nanoTime());
      line(one);
    }
  }

  /** Of the address that has most, unlimited ones not counted. */
  int mostOfAddress() {
    return underWay.mostOfAddress();
  }

  /** How many have not begun theirs. */
  int waiting() {
    return silent.size() + inTime.size() + tooOften.size();
  }

  /** Why one that stands in line has not begun yet; null if nothing is known that it waits for. */
  @Nullable ConnectionRule reasonToWait(OpenConnection one) {
    if (isSilent(one)) {
      return null;
    }
    if (underWay.isFull() || owed.isFull()) {
      return ConnectionRule.HANDSHAKES;
    }
    return tooOften.contains(one)
        ? ConnectionRule.NEW_OF_ADDRESS
        : ConnectionRule.HANDSHAKES_OF_ADDRESS;
  }

  /**
   * Takes out of the line who may begin now: who has stood there longest if there is room, and who
   * came last if another one has to make it, as that one is there still.
   *
   * @return null if nobody may
   */
  @Nullable OpenConnection next() {
    Next next = inTime.next(this::whereRoomIs);
    if (next == null) {
      next = tooOften.next(this::whereRoomIs);
    }
    if (next == null && hasRoomForSilent()) {
      next = silent.next(any -> new Next(any, null));
    }
    if (next == null) {
      long now = time.nanoTime();
      next = inTime.nextLatest(one -> inAPlace(one, now));
      if (next == null) {
        next = tooOften.nextLatest(one -> inAPlace(one, now));
      }
    }
    if (next == null) {
      return null;
    }
    if (next.goesAside() != null) {
      goesAside(next.goesAside());
    }
    return next.begins();
  }

  /**
   * Who begins.
   *
   * @param goesAside for it; null if nobody has to
   */
  private record Next(OpenConnection begins, @Nullable OpenConnection goesAside) {}

  /** Takes out of the line whoever is next. */
  @Nullable OpenConnection nextOfAll() {
    OpenConnection next = inTime.next(any -> any);
    next = next != null ? next : tooOften.next(any -> any);
    return next != null ? next : silent.next(any -> any);
  }

  private boolean hasRoomForSilent() {
    return underWay.limit() == 0 || !Scarcity.binds(mute + underWay.taken(), underWay.limit());
  }

  private @Nullable Next whereRoomIs(OpenConnection one) {
    return underWay.hasRoom(one) && owed.hasRoom(one) ? new Next(one, null) : null;
  }

  /** One for which there is no room but that of another. */
  private @Nullable Next inAPlace(OpenConnection one, long now) {
    if (!owed.hasRoom(one)) {
      return null;
    }
    OpenConnection slow = underWay.isFull() ? slowest(underWay.ofMost(one), now) : null;
    slow = slow != null ? slow : slowest(underWay.likeThis(one), now);
    return slow == null ? null : new Next(one, slow);
  }

  private void goesAside(OpenConnection slow) {
    underWay.giveBack(slow);
    slow.goesAside();
    aside++;
  }

  /** The eldest of an address that does not get on, though we have read all that it sent. */
  private @Nullable OpenConnection slowest(Set<OpenConnection> ofAddress, long now) {
    int asked = 0;
    for (OpenConnection own : ofAddress) {
      if (asked++ == ASKED_AT_A_TIME || !times.isSlow(own.address(), now - own.since())) {
        return null;
      }
      if (own.answered() && !own.socket().hasUnread(now - own.readAt())) {
        return own;
      }
    }
    return null;
  }

  /** Addresses whose new connections are counted. Thread-safe. */
  long remembered() {
    return newOnes == null ? 0 : newOnes.read(time.nanoTime()).keys();
  }

  /** How many may be, at most. */
  long mostRemembered() {
    return newOnes == null ? 0 : newOnes.most();
  }

  /** How often there was no room to count those of an address apart. Thread-safe. */
  long notRemembered() {
    return newOnes == null ? 0 : newOnes.overflows();
  }
}
