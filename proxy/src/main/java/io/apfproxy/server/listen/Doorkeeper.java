package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.time.TimeSource;
import io.apfproxy.time.TokenBuckets;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the clients' connections and says which may come in, and whose handshake begins when. One
 * address may have all that nobody else needs: its share binds only while places, or handshakes,
 * are scarce. Once they are taken, the address with most gives way to those that have less; an
 * unlimited one, which may be that of many clients, only with what asks for nothing. Thread-safe,
 * but for those methods that say otherwise.
 */
public final class Doorkeeper {
  /*
   * Asked a few times in the life of a connection, never for a request: one lock is enough. Only
   * addresses with an open connection are remembered; that of the buckets is bounded in itself.
   *
   * Who gives way is closed on its own event loop, some time later; its place is free at once. So that
   * a busy loop cannot make us exceed the descriptors by much, only so many are on their way out.
   */
  static final int MOST_ADDRESSES = 10_000;
  static final int MOST_LEAVING = 64;
  private static final int LOOKED_AT = 64;
  private static final int SHARE = 4;

  /** A handshake that takes longer may have to give way. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ConnectionLimits limits;
  private final FileDescriptors descriptors;
  private final TimeSource time;
  private final @Nullable TokenBuckets<ClientAddress> arrivals;
  private final Crowd<ClientAddress, Visit> byAddress = new Crowd<>();
  private final Crowd<ClientAddress, Visit> shakingByAddress = new Crowd<>();
  private final Crowd<ClientAddress, Visit> ofUnlimited = new Crowd<>();
  private final Crowd<ClientAddress, Visit> shakingOfUnlimited = new Crowd<>();
  private final Turns<ClientAddress, Visit> inTime = new Turns<>();
  private final Turns<ClientAddress, Visit> tooOften = new Turns<>();
  private final Map<ConnectionRule, Long> overflows = new EnumMap<>(ConnectionRule.class);
  private int open;
  private int handshakes;
  private int leaving;
  private long gaveUp;

  /** A connection, as the doorkeeper needs it. Called without its lock. */
  interface Guest {
    /** Its handshake may begin. */
    void begin();

    /**
     * It has to go; {@link Visit#leave} follows.
     *
     * @param rule for which it gives way to another; null if the door closes for good
     */
    void leave(@Nullable ConnectionRule rule);
  }

  /**
   * What becomes of somebody at the door.
   *
   * @param visit null if it may not come in
   * @param refusal why; null if it may
   */
  record Answer(@Nullable Visit visit, @Nullable ConnectionRule refusal) {}

  public Doorkeeper(ConnectionLimits limits, FileDescriptors descriptors, TimeSource time) {
    this.limits = limits;
    this.descriptors = descriptors;
    this.time = time;
    this.arrivals =
        limits.newPerSecond() == 0
            ? null
            : new TokenBuckets<>(limits.newPerSecond(), limits.burst(), MOST_ADDRESSES, time);
  }

  /**
   * Lets one in if there is room for it, or somebody to make it. Its handshake begins with one of
   * the next calls of {@link #beginHandshakes}.
   */
  Answer enter(InetAddress address, Guest guest) {
    ClientAddress key = ClientAddress.of(address);
    boolean shares = limits.perAddress() > 0 && !limits.unlimited().test(address);
    descriptors.renew();
    Visit leaves = null;
    Visit visit;
    synchronized (this) {
      int own = (shares ? byAddress : ofUnlimited).of(key);
      if (shares && own >= share() && scarce()) {
        return new Answer(null, ConnectionRule.OF_ADDRESS);
      }
      ConnectionRule full = full();
      if (full != null) {
        leaves = limits.perAddress() > 0 ? oneOfMost(shares, own) : null;
        if (leaves == null) {
          boolean large = shares && own > open / Math.max(1, byAddress.size());
          return new Answer(null, large ? ConnectionRule.OF_ADDRESS : full);
        }
        leaves.makeRoom();
      }
      visit = new Visit(key, guest, shares);
      visit.enter();
    }
    if (leaves != null) {
      leaves.guest.leave(ConnectionRule.OF_ADDRESS);
    }
    return new Answer(visit, null);
  }

  private @Nullable ConnectionRule full() {
    if (reached(open, limits.total())) {
      return ConnectionRule.TOTAL;
    }
    return descriptors.scarce() ? ConnectionRule.DESCRIPTORS : null;
  }

  private static boolean reached(int number, int limit) {
    return limit > 0 && number >= limit;
  }

  private boolean scarce() {
    return Scarcity.binds(open, limits.total())
        || Scarcity.binds(descriptors.known(), descriptors.most());
  }

  private long share() {
    return Math.min(limits.perAddress(), Math.max(1, descriptors.most() / SHARE));
  }

  /**
   * One of the address that has most, if that is more than somebody with so many would have. What
   * is beyond a share goes first; to an unlimited address it gives way however many that has.
   */
  private @Nullable Visit oneOfMost(boolean shares, int own) {
    if (leaving >= MOST_LEAVING) {
      return null;
    }
    boolean beyondShare = byAddress.most() > share();
    if (beyondShare && !shares) {
      return oneOf(byAddress.ofMost(), true);
    }
    boolean limitedFirst = beyondShare || byAddress.most() >= ofUnlimited.most();
    Visit one = oneOf(limitedFirst ? byAddress : ofUnlimited, own, beyondShare);
    return one != null ? one : oneOf(limitedFirst ? ofUnlimited : byAddress, own, false);
  }

  private static @Nullable Visit oneOf(
      Crowd<ClientAddress, Visit> crowd, int own, boolean beyondShare) {
    return crowd.most() > own + 1 ? oneOf(crowd.ofMost(), beyondShare) : null;
  }

  /**
   * One that never asked for anything, else one that asks for nothing now; one that does only of an
   * address beyond its share.
   */
  private static @Nullable Visit oneOf(Set<Visit> all, boolean beyondShare) {
    List<Visit> seen = new ArrayList<>();
    Visit best = null;
    Iterator<Visit> eldest = all.iterator();
    while (eldest.hasNext() && seen.size() < LOOKED_AT && (best == null || best.use() > 0)) {
      Visit candidate = eldest.next();
      eldest.remove();
      seen.add(candidate);
      if ((beyondShare || candidate.use() < Visit.BUSY)
          && (best == null || candidate.use() < best.use())) {
        best = candidate;
      }
    }
    all.addAll(seen); // the next search begins where this one ended
    return best;
  }

  /** Begins the handshakes that may, the addresses in turn. One thread at a time. */
  void beginHandshakes() {
    for (Visit next = next(); next != null; next = next()) {
      next.guest.begin();
    }
  }

  private @Nullable Visit next() {
    Visit next;
    Visit leaves = null;
    synchronized (this) {
      next = inTime.next(this::mayBegin);
      if (next == null) {
        next = tooOften.next(this::mayBegin);
      }
      if (next != null) {
        if (reached(handshakes, limits.handshakes())) {
          leaves = slowestOfMost();
          leaves.makeRoom();
        }
        next.begin();
      }
    }
    if (leaves != null) {
      leaves.guest.leave(ConnectionRule.HANDSHAKES_OF_ADDRESS);
    }
    return next;
  }

  private boolean mayBegin(Visit visit) {
    if (limits.handshakes() == 0) {
      return true;
    }
    if (!reached(handshakes, limits.handshakes())) {
      return !visit.shares
          || !Scarcity.binds(handshakes, limits.handshakes())
          || shakingByAddress.of(visit.key) < limits.handshakesPerAddress();
    }
    return (!visit.shares || shakingByAddress.of(visit.key) + 1 < mostShaking().most())
        && mostShaking().most() > 0
        && time.nanoTime() - slowestOfMost().begunAt >= PATIENCE_NANOS
        && leaving < MOST_LEAVING;
  }

  private Visit slowestOfMost() {
    return mostShaking().ofMost().iterator().next();
  }

  private Crowd<ClientAddress, Visit> mostShaking() {
    return shakingOfUnlimited.most() > shakingByAddress.most()
        ? shakingOfUnlimited
        : shakingByAddress;
  }

  /** Lets nobody begin any more. */
  void dismissWaiting() {
    for (Visit next = nextWaiting(); next != null; next = nextWaiting()) {
      next.guest.leave(null);
    }
  }

  private synchronized @Nullable Visit nextWaiting() {
    Visit next = inTime.next(any -> true);
    if (next == null) {
      next = tooOften.next(any -> true);
    }
    if (next != null) {
      next.makeRoom();
    }
    return next;
  }

  /** How many have not begun their handshake. */
  synchronized int waiting() {
    return inTime.size() + tooOften.size();
  }

  /** Counts that a rule kept somebody out, or waiting. */
  synchronized void overflowed(ConnectionRule rule) {
    overflows.merge(rule, 1L, Long::sum);
  }

  private synchronized long overflows(ConnectionRule rule) {
    return overflows.getOrDefault(rule, 0L);
  }

  /** Counts one that left before its handshake could begin. */
  synchronized void gaveUp() {
    gaveUp++;
  }

  private synchronized long gaveUpSum() {
    return gaveUp;
  }

  /** What it holds down, for those who watch. */
  public List<Bound> bounds() {
    return List.of(
        bound(ConnectionRule.TOTAL, () -> open, limits.total()),
        bound(ConnectionRule.DESCRIPTORS, descriptors::known, descriptors.most()),
        bound(ConnectionRule.OF_ADDRESS, byAddress::most, limits.perAddress()),
        bound(ConnectionRule.HANDSHAKES, () -> handshakes, limits.handshakes()),
        bound(
            ConnectionRule.HANDSHAKES_OF_ADDRESS,
            shakingByAddress::most,
            limits.handshakesPerAddress()),
        new Bound("handshakes-waiting", this::waiting, limits.total(), this::gaveUpSum),
        bound(ConnectionRule.NEW_OF_ADDRESS, null, limits.newPerSecond()),
        new Bound(
            "addresses-remembered",
            () -> arrivals == null ? 0 : arrivals.size(),
            MOST_ADDRESSES,
            () -> arrivals == null ? 0 : arrivals.shared()));
  }

  private Bound bound(ConnectionRule rule, @Nullable LongSupplier used, long limit) {
    return new Bound(
        rule.label(), used == null ? null : locked(used), limit, () -> overflows(rule));
  }

  private LongSupplier locked(LongSupplier number) {
    return () -> {
      synchronized (this) {
        return number.getAsLong();
      }
    };
  }

  /** One open connection. Thread-safe. */
  final class Visit {
    private static final int BUSY = 2;

    private final ClientAddress key;
    private final Guest guest;
    private final boolean shares;
    private boolean waiting = true;
    private boolean often;
    private boolean handshaking;
    private long begunAt;
    private boolean here = true;
    private boolean goes;
    private volatile int requests;
    private volatile boolean used;

    private Visit(ClientAddress key, Guest guest, boolean shares) {
      this.key = key;
      this.guest = guest;
      this.shares = shares;
    }

    private void enter() {
      descriptors.taken();
      open++;
      often = shares && arrivals != null && arrivals.take(key) > 0;
      (often ? tooOften : inTime).add(key, this);
      (shares ? byAddress : ofUnlimited).add(key, this);
    }

    private void begin() {
      waiting = false;
      handshaking = true;
      begunAt = time.nanoTime();
      handshakes++;
      (shares ? shakingByAddress : shakingOfUnlimited).add(key, this);
    }

    private void makeRoom() {
      goes = true;
      leaving++;
      free();
    }

    private void free() {
      handshaken();
      if (here) {
        here = false;
        open--;
        inTime.remove(key, this);
        tooOften.remove(key, this);
        (shares ? byAddress : ofUnlimited).remove(key, this);
      }
    }

    /** Why its handshake has not begun yet; null if it has. */
    @Nullable ConnectionRule waitsFor() {
      synchronized (Doorkeeper.this) {
        if (!waiting || !here) {
          return null;
        }
        if (reached(handshakes, limits.handshakes())) {
          return ConnectionRule.HANDSHAKES;
        }
        return often ? ConnectionRule.NEW_OF_ADDRESS : ConnectionRule.HANDSHAKES_OF_ADDRESS;
      }
    }

    /** Its handshake succeeded or failed. Harmless when repeated. */
    void handshaken() {
      synchronized (Doorkeeper.this) {
        if (handshaking) {
          handshaking = false;
          handshakes--;
          (shares ? shakingByAddress : shakingOfUnlimited).remove(key, this);
        }
      }
    }

    /** Its address; null if the limits of one address do not hold for it. */
    @Nullable ClientAddress sharing() {
      return shares ? key : null;
    }

    /** On its event loop: how many requests of it are open now. */
    void serves(int number) {
      used |= number > 0;
      requests = number;
    }

    /** 0 if it never asked for anything, 1 if for nothing now, 2 if it is busy. */
    private int use() {
      return requests > 0 ? BUSY : used ? 1 : 0;
    }

    /** It is closed. Harmless when repeated. */
    void leave() {
      synchronized (Doorkeeper.this) {
        free();
        if (goes) {
          goes = false;
          leaving--;
        }
      }
    }
  }
}
