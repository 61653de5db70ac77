package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes under way, and the line of those that wait for theirs: the addresses take turns,
 * those that come too often after the others. Not thread-safe: guarded by the lock of {@link
 * OpenConnections}.
 */
final class Handshakes {
  /** The buckets are bounded in themselves. */
  static final int MOST_ADDRESSES = 10_000;

  /** A handshake that takes longer may have to give way. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ConnectionLimits limits;
  private final TimeSource time;
  private final @Nullable TokenBuckets<ClientAddress> newOnes;
  private final Turns<ClientAddress, OpenConnection> inTime = new Turns<>();
  private final Turns<ClientAddress, OpenConnection> tooOften = new Turns<>();
  private final Crowd<ClientAddress, OpenConnection> byAddress = new Crowd<>();
  private final Crowd<ClientAddress, OpenConnection> ofUnlimited = new Crowd<>();
  private int underWay;

  Handshakes(ConnectionLimits limits, TimeSource time) {
    this.limits = limits;
    this.time = time;
    this.newOnes =
        limits.newPerSecond() == 0
            ? null
            : new TokenBuckets<>(limits.newPerSecond(), limits.burst(), MOST_ADDRESSES, time);
  }

  void standInLine(OpenConnection one) {
    boolean often = one.shares() && newOnes != null && newOnes.take(one.address()) > 0;
    (often ? tooOften : inTime).add(one.address(), one);
  }

  void leaveLine(OpenConnection one) {
    inTime.remove(one.address(), one);
    tooOften.remove(one.address(), one);
  }

  void begin(OpenConnection one) {
    one.handshakeBegins(time.nanoTime());
    underWay++;
    crowdOf(one).add(one.address(), one);
  }

  void end(OpenConnection one) {
    underWay--;
    crowdOf(one).remove(one.address(), one);
  }

  private Crowd<ClientAddress, OpenConnection> crowdOf(OpenConnection one) {
    return one.shares() ? byAddress : ofUnlimited;
  }

  int underWay() {
    return underWay;
  }

  /** Of the address that has most, unlimited ones not counted. */
  int mostOfAddress() {
    return byAddress.most();
  }

  /** How many have not begun theirs. */
  int waiting() {
    return inTime.size() + tooOften.size();
  }

  /** Why one that stands in line has not begun yet. */
  ConnectionRule reasonToWait(OpenConnection one) {
    if (allTaken()) {
      return ConnectionRule.HANDSHAKES;
    }
    return tooOften.contains(one.address(), one)
        ? ConnectionRule.NEW_OF_ADDRESS
        : ConnectionRule.HANDSHAKES_OF_ADDRESS;
  }

  /**
   * Takes out of the line who may begin now.
   *
   * @param forAnother whether others may be told to give way
   * @return null if nobody may
   */
  @Nullable OpenConnection next(boolean forAnother) {
    OpenConnection next = inTime.next(one -> mayBegin(one, forAnother));
    return next != null ? next : tooOften.next(one -> mayBegin(one, forAnother));
  }

  /** Takes out of the line whoever is next. */
  @Nullable OpenConnection nextOfAll() {
    OpenConnection next = inTime.next(any -> true);
    return next != null ? next : tooOften.next(any -> true);
  }

  private boolean mayBegin(OpenConnection one, boolean forAnother) {
    if (limits.handshakes() == 0) {
      return true;
    }
    if (!allTaken()) {
      return !one.shares()
          || !Scarcity.binds(underWay, limits.handshakes())
          || byAddress.of(one.address()) < limits.handshakesPerAddress();
    }
    Crowd<ClientAddress, OpenConnection> most = crowdOfMost();
    return (!one.shares() || byAddress.of(one.address()) + 1 < most.most())
        && most.most() > 0
        && time.nanoTime() - slowest().begunAt() >= PATIENCE_NANOS
        && forAnother;
  }

  /** Who gives way to one that may begin; null if nobody has to. */
  @Nullable OpenConnection oneToGiveWay() {
    return allTaken() ? slowest() : null;
  }

  private boolean allTaken() {
    return ConnectionLimits.isReached(underWay, limits.handshakes());
  }

  private OpenConnection slowest() {
    return crowdOfMost().ofMost().iterator().next();
  }

  private Crowd<ClientAddress, OpenConnection> crowdOfMost() {
    return ofUnlimited.most() > byAddress.most() ? ofUnlimited : byAddress;
  }

  /** Addresses whose new connections are counted. Thread-safe. */
  long remembered() {
    return newOnes == null ? 0 : newOnes.size();
  }

  /** How often there was no room to count those of an address apart. Thread-safe. */
  long notRemembered() {
    return newOnes == null ? 0 : newOnes.shared();
  }
}
