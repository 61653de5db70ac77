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
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes under way, and the line of those that wait for theirs: the addresses take turns,
 * those that come too often after the others. Who has not sent a byte counts for none, and begins
 * only while there is room for all; or whoever opens connections and says nothing would keep others
 * out. Who has just come may have a handshake give way that does not get on: of an address that has
 * more, or of its own, which may be that of many clients. Not thread-safe: guarded by the lock of
 * {@link OpenConnections}.
 */
final class Handshakes {
  /** The buckets are bounded in themselves. */
  static final int MOST_ADDRESSES = 10_000;

  /** A handshake that takes longer may have to give way. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Who has stood in line for longer has nobody of its own address give way: clients in Go wait for
   * a handshake no longer.
   */
  private static final long NEWCOMER_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** Each is a call of the system. */
  private static final int ASKED_AT_A_TIME = 16;

  private final ConnectionLimits limits;
  private final TimeSource time;
  private final @Nullable KeyTable newOnes;
  private final Headway headway = new Headway(MOST_ADDRESSES);
  private final Turns<ClientAddress, OpenConnection> inTime = new Turns<>();
  private final Turns<ClientAddress, OpenConnection> tooOften = new Turns<>();
  private final Turns<ClientAddress, OpenConnection> silent = new Turns<>();
  private final Crowd<ClientAddress, OpenConnection> byAddress = new Crowd<>();
  private final Crowd<ClientAddress, OpenConnection> ofUnlimited = new Crowd<>();
  private int underWay; // of those that spoke
  private int mute;

  Handshakes(ConnectionLimits limits, TimeSource time) {
    this.limits = limits;
    this.time = time;
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
    underWay++;
    Crowd<ClientAddress, OpenConnection> crowd = crowdOf(one);
    crowd.add(one.address(), one);
    if (crowd.of(one.address()) == 1) {
      headway.firstBegins(one.address(), time.nanoTime());
    }
  }

  /** The first byte of one under way was read. */
  void heard(OpenConnection one) {
    if (!one.spoke()) {
      mute--;
      one.speaks();
      count(one);
    }
  }

  /** To be told before its {@link #end}. */
  void succeeded(OpenConnection one) {
    headway.succeeded(one.address(), one.since(), time.nanoTime());
  }

  void end(OpenConnection one) {
    if (one.spoke()) {
      underWay--;
      crowdOf(one).remove(one.address(), one);
    } else {
      mute--;
    }
  }

  private Crowd<ClientAddress, OpenConnection> crowdOf(OpenConnection one) {
    return one.shares() ? byAddress : ofUnlimited;
  }

  /** Of those whose first byte came. */
  int underWay() {
    return underWay;
  }

  /** How many have begun without a byte. */
  int mute() {
    return mute;
  }

  /** Some of those that wait without a word, each in its turn. */
  List<OpenConnection> silent(int most) {
    List<OpenConnection> some = new ArrayList<>();
    for (int i = Math.min(most, silent.size()); i > 0; i--) {
      OpenConnection one = Objects.requireNonNull(silent.next(any -> true));
      silent.add(one.address(), one);
      some.add(one);
    }
    return some;
  }

  void speaksInLine(OpenConnection one) {
    if (silent.contains(one)) {
      silent.remove(one.address(), one);
      one.speaks();
      one.standsInLine(time.nanoTime());
      line(one);
    }
  }

  /** Of the address that has most, unlimited ones not counted. */
  int mostOfAddress() {
    return byAddress.most();
  }

  /** How many have not begun theirs. */
  int waiting() {
    return silent.size() + inTime.size() + tooOften.size();
  }

  /** Why one that stands in line has not begun yet; null if nothing is known that it waits for. */
  @Nullable ConnectionRule reasonToWait(OpenConnection one) {
    if (silent.contains(one)) {
      return null;
    }
    if (allTaken()) {
      return ConnectionRule.HANDSHAKES;
    }
    return tooOften.contains(one)
        ? ConnectionRule.NEW_OF_ADDRESS
        : ConnectionRule.HANDSHAKES_OF_ADDRESS;
  }

  /**
   * Who begins.
   *
   * @param givesWay null if nobody has to
   */
  record Next(OpenConnection begins, @Nullable OpenConnection givesWay) {}

  /**
   * Takes out of the line who may begin now: who has stood there longest if there is room, and who
   * came last if another one has to make it, as that one is there still.
   *
   * @param forAnother whether others may be told to give way
   * @return null if nobody may
   */
  @Nullable Next next(boolean forAnother) {
    OpenConnection next = inTime.next(this::hasRoom);
    if (next == null) {
      next = tooOften.next(this::hasRoom);
    }
    if (next == null && hasRoomForSilent()) {
      next = silent.next(any -> true);
    }
    if (next != null) {
      return new Next(next, null);
    }
    return forAnother ? nextInAPlace(time.nanoTime()) : null;
  }

  private @Nullable Next nextInAPlace(long now) {
    OpenConnection next = inTime.nextLatest(one -> inItsPlace(one, now) != null);
    if (next == null) {
      next = tooOften.nextLatest(one -> inItsPlace(one, now) != null);
    }
    return next == null ? null : new Next(next, inItsPlace(next, now));
  }

  /** Takes out of the line whoever is next. */
  @Nullable OpenConnection nextOfAll() {
    OpenConnection next = inTime.next(any -> true);
    next = next != null ? next : tooOften.next(any -> true);
    return next != null ? next : silent.next(any -> true);
  }

  private boolean hasRoomForSilent() {
    return limits.handshakes() == 0 || !Scarcity.binds(mute + underWay, limits.handshakes());
  }

  private boolean hasRoom(OpenConnection one) {
    return limits.handshakes() == 0
        || (!allTaken()
            && (!one.shares()
                || !Scarcity.binds(underWay, limits.handshakes())
                || byAddress.of(one.address()) < limits.handshakesPerAddress()));
  }

  /** In whose place one begins for which there is no room; null if there is nobody. */
  private @Nullable OpenConnection inItsPlace(OpenConnection one, long now) {
    if (allTaken()) {
      Crowd<ClientAddress, OpenConnection> most = crowdOfMost();
      OpenConnection slowest = eldest(most.ofMost());
      if (slowest != null
          && !slowest.address().equals(one.address())
          && (!one.shares() || byAddress.of(one.address()) + 1 < most.most())
          && now - slowest.since() >= PATIENCE_NANOS) {
        return slowest;
      }
    }
    return now - one.since() <= NEWCOMER_NANOS ? leftBehind(one, now) : null;
  }

  /** The eldest of its own address that does not get on, though we have read all that it sent. */
  private @Nullable OpenConnection leftBehind(OpenConnection one, long now) {
    int asked = 0;
    for (OpenConnection own : crowdOf(one).all(one.address())) {
      if (asked++ == ASKED_AT_A_TIME || !headway.isLeftBehind(own.address(), own.since(), now)) {
        return null;
      }
      if (!own.socket().hasUnread(now - own.readAt())) {
        return own;
      }
    }
    return null;
  }

  private static @Nullable OpenConnection eldest(Set<OpenConnection> of) {
    return of.isEmpty() ? null : of.iterator().next();
  }

  private boolean allTaken() {
    return ConnectionLimits.isReached(underWay, limits.handshakes());
  }

  private Crowd<ClientAddress, OpenConnection> crowdOfMost() {
    return ofUnlimited.most() > byAddress.most() ? ofUnlimited : byAddress;
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
