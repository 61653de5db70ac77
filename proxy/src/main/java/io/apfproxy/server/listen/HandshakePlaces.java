package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import java.util.Set;

/**
 * Handshakes of which there may only be so many at a time, and of one address only its share once
 * they are scarce. Not thread-safe.
 */
final class HandshakePlaces {
  private final int limit;
  private final int share;
  private final Crowd<ClientAddress, OpenConnection> byAddress = new Crowd<>();
  private final Crowd<ClientAddress, OpenConnection> ofUnlimited = new Crowd<>();
  private int taken;

  /**
   * @param limit 0: none
   * @param share of one address that is not unlimited
   */
  HandshakePlaces(int limit, int share) {
    this.limit = limit;
    this.share = share;
  }

  void take(OpenConnection one) {
    taken++;
    crowdOf(one).add(one.address(), one);
  }

  void giveBack(OpenConnection one) {
    taken--;
    crowdOf(one).remove(one.address(), one);
  }

  private Crowd<ClientAddress, OpenConnection> crowdOf(OpenConnection one) {
    return one.shares() ? byAddress : ofUnlimited;
  }

  int taken() {
    return taken;
  }

  int limit() {
    return limit;
  }

  /** Of the address that has most, unlimited ones not counted. */
  int mostOfAddress() {
    return byAddress.most();
  }

  boolean isFull() {
    return ConnectionLimits.isReached(taken, limit);
  }

  boolean hasRoom(OpenConnection one) {
    return limit == 0
        || (!isFull()
            && (!one.shares()
                || !Scarcity.binds(taken, limit)
                || byAddress.of(one.address()) < share));
  }

  /** Those of the same address, the eldest first. */
  Set<OpenConnection> likeThis(OpenConnection one) {
    return crowdOf(one).all(one.address());
  }

  /** Those of the other address that has most, if that is more than this one's; else nobody. */
  Set<OpenConnection> ofMost(OpenConnection one) {
    Crowd<ClientAddress, OpenConnection> most =
        ofUnlimited.most() > byAddress.most() ? ofUnlimited : byAddress;
    return one.shares() && byAddress.of(one.address()) + 1 >= most.most()
        ? Set.of()
        : most.ofMost();
  }
}
