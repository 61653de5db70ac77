package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The places that connections take: whether there is one for another, and who gives up his if there
 * is none. Not thread-safe: guarded by the lock of {@link OpenConnections}.
 */
final class Places {
  private static final int LOOKED_AT = 64;
  private static final int SHARE = 4;

  /** Clients in Go wait for a handshake no longer. */
  private static final long GIVEN_UP_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ConnectionLimits limits;
  private final FileDescriptors descriptors;
  private final Crowd<ClientAddress, OpenConnection> byAddress = new Crowd<>();
  private final Crowd<ClientAddress, OpenConnection> ofUnlimited = new Crowd<>();

  /** Those that have not ended their handshake. */
  private final Crowd<ClientAddress, OpenConnection> strangers = new Crowd<>();

  private int taken;

  Places(ConnectionLimits limits, FileDescriptors descriptors) {
    this.limits = limits;
    this.descriptors = descriptors;
  }

  void take(OpenConnection one) {
    descriptors.taken();
    taken++;
    crowdOf(one).add(one.address(), one);
    strangers.add(one.address(), one);
  }

  void giveBack(OpenConnection one) {
    taken--;
    crowdOf(one).remove(one.address(), one);
    strangers.remove(one.address(), one);
  }

  /** One has ended its handshake. */
  void shown(OpenConnection one) {
    strangers.remove(one.address(), one);
  }

  /**
   * Who of its own address gives way to one that comes: who has not ended its handshake, and where
   * that is not reason enough, has most likely been given up.
   *
   * @return null if nobody does
   */
  @Nullable OpenConnection strangerLike(OpenConnection comes, long now) {
    OpenConnection eldest = eldest(strangers.all(comes.address()));
    return eldest != null && (limits.strangersGiveWay() || now - eldest.since() >= GIVEN_UP_NANOS)
        ? eldest
        : null;
  }

  private static @Nullable OpenConnection eldest(Set<OpenConnection> some) {
    return some.isEmpty() ? null : some.iterator().next();
  }

  private Crowd<ClientAddress, OpenConnection> crowdOf(OpenConnection one) {
    return one.shares() ? byAddress : ofUnlimited;
  }

  private int ownOf(OpenConnection one) {
    return crowdOf(one).of(one.address());
  }

  int taken() {
    return taken;
  }

  /** Of the address that has most, unlimited ones not counted. */
  int mostOfAddress() {
    return byAddress.most();
  }

  /** Whether the address of one that comes has its share already, and that binds. */
  boolean isBeyondShare(OpenConnection comes) {
    return comes.shares() && ownOf(comes) >= share() && isScarce();
  }

  private long share() {
    return Math.min(limits.perAddress(), Math.max(1, descriptors.most() / SHARE));
  }

  private boolean isScarce() {
    return Scarcity.binds(taken, limits.total())
        || Scarcity.binds(descriptors.known(), descriptors.most());
  }

  /** Why there is no place; null if there is one. */
  @Nullable ConnectionRule full() {
    if (ConnectionLimits.isReached(taken, limits.total())) {
      return ConnectionRule.TOTAL;
    }
    return descriptors.scarce() ? ConnectionRule.DESCRIPTORS : null;
  }

  /** Whether the address of one that comes has more than others on average. */
  boolean hasMoreThanOthers(OpenConnection comes) {
    return comes.shares() && ownOf(comes) > taken / Math.max(1, byAddress.size());
  }

  /**
   * Who gives up his place for one that comes: one of the address that has most, if that is more
   * than somebody with so many would have. What is beyond a share goes first; to an unlimited
   * address it gives way however many that has. Else a stranger of its own, or, where strangers
   * give way, of the address that has most of them.
   *
   * @return null if nobody has to
   */
  @Nullable OpenConnection oneToGiveWay(OpenConnection comes, long now) {
    OpenConnection one = oneOfMost(comes);
    if (one == null && limits.strangersGiveWay()) {
      return eldest(strangers.ofMost());
    }
    return one != null ? one : strangerLike(comes, now);
  }

  private @Nullable OpenConnection oneOfMost(OpenConnection comes) {
    if (limits.perAddress() == 0) {
      return null;
    }
    int own = ownOf(comes);
    boolean beyondShare = byAddress.most() > share();
    if (beyondShare && !comes.shares()) {
      return oneOf(byAddress.ofMost(), true);
    }
    boolean limitedFirst = beyondShare || byAddress.most() >= ofUnlimited.most();
    OpenConnection one = oneOf(limitedFirst ? byAddress : ofUnlimited, own, beyondShare);
    return one != null ? one : oneOf(limitedFirst ? ofUnlimited : byAddress, own, false);
  }

  private static @Nullable OpenConnection oneOf(
      Crowd<ClientAddress, OpenConnection> crowd, int own, boolean beyondShare) {
    return crowd.most() > own + 1 ? oneOf(crowd.ofMost(), beyondShare) : null;
  }

  /**
   * One that never asked for anything, else one that asks for nothing now; one that does only of an
   * address beyond its share.
   */
  private static @Nullable OpenConnection oneOf(Set<OpenConnection> all, boolean beyondShare) {
    List<OpenConnection> seen = new ArrayList<>();
    OpenConnection best = null;
    OpenConnection.Use use = OpenConnection.Use.NOW;
    Iterator<OpenConnection> eldest = all.iterator();
    while (eldest.hasNext() && seen.size() < LOOKED_AT && use != OpenConnection.Use.NEVER) {
      OpenConnection candidate = eldest.next();
      eldest.remove();
      seen.add(candidate);
      OpenConnection.Use its = candidate.use();
      if (its.compareTo(use) < 0 || (best == null && beyondShare)) {
        best = candidate;
        use = its;
      }
    }
    all.addAll(seen); // the next search begins where this one ended
    return best;
  }
}
