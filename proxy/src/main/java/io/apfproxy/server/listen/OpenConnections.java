package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import io.apfproxy.server.listen.OpenConnection.Stage;
import io.apfproxy.time.TimeSource;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts the clients' connections and says which may come in, and whose handshake begins when. One
 * address may have all that nobody else needs: its share binds only while places, or handshakes,
 * are scarce. Once they are taken, the address with most gives way to those that have less; an
 * unlimited one, which may be that of many clients, only with what asks for nothing. Thread-safe,
 * but for those methods that say otherwise.
 */
public final class OpenConnections {
  /*
   * Asked a few times in the life of a connection, never for a request: one lock is enough. Only
   * addresses with an open connection are remembered; that of the buckets is bounded in itself.
   *
   * Who gives way is closed on its own event loop, some time later; its place is free at once. So that
   * a busy loop cannot make us exceed the descriptors by much, only so many are on their way out.
   */
  static final int MOST_LEAVING = 64;

  /** Each is a call of the system, of less than a microsecond. */
  private static final int HEARD_AT_A_TIME = 2000;

  private final ConnectionLimits limits;
  private final TimeSource time;
  private final FileDescriptors descriptors;
  private final Places places;
  private final Handshakes handshakes;
  private final Map<ConnectionRule, LongAdder> overflows = new EnumMap<>(ConnectionRule.class);
  private final LongAdder gaveUp = new LongAdder();
  private int leaving;

  /**
   * What becomes of a connection that was accepted.
   *
   * @param connection null if it may not come in
   * @param refusal why; null if it may
   */
  record Answer(@Nullable OpenConnection connection, @Nullable ConnectionRule refusal) {}

  public OpenConnections(ConnectionLimits limits, FileDescriptors descriptors, TimeSource time) {
    this.limits = limits;
    this.time = time;
    this.descriptors = descriptors;
    this.places = new Places(limits, descriptors);
    this.handshakes = new Handshakes(limits, time);
    for (ConnectionRule rule : ConnectionRule.values()) {
      overflows.put(rule, new LongAdder());
    }
  }

  /**
   * Lets one in if there is room for it, or somebody to make it. Its handshake begins with one of
   * the next calls of {@link #beginHandshakes}.
   */
  Answer enter(InetAddress address, OpenConnection.Socket socket) {
    boolean shares = limits.perAddress() > 0 && !limits.unlimited().test(address);
    OpenConnection comes = new OpenConnection(this, ClientAddress.of(address), shares, socket);
    descriptors.renew();
    OpenConnection leaves = null;
    synchronized (this) {
      boolean beyondShare = places.isBeyondShare(comes);
      ConnectionRule full = beyondShare ? ConnectionRule.OF_ADDRESS : places.full();
      if (full != null) {
        leaves = mayLeave() ? oneToGiveWay(comes, beyondShare) : null;
        if (leaves == null) {
          return new Answer(
              null, places.hasMoreThanOthers(comes) ? ConnectionRule.OF_ADDRESS : full);
        }
        move(leaves, Stage.LEAVING);
      }
      move(comes, Stage.WAITING);
    }
    if (leaves != null) {
      leaves.socket().leave(ConnectionRule.OF_ADDRESS);
    }
    return new Answer(comes, null);
  }

  private @Nullable OpenConnection oneToGiveWay(OpenConnection comes, boolean beyondShare) {
    return beyondShare ? places.strangerLike(comes, now()) : places.oneToGiveWay(comes, now());
  }

  private boolean mayLeave() {
    return leaving < MOST_LEAVING;
  }

  /** Gives back what it holds at its stage, and takes what it holds at the next one. */
  private void move(OpenConnection one, Stage next) {
    Stage before = one.stage();
    switch (before) {
      case WAITING -> handshakes.leaveLine(one);
      case HANDSHAKING -> handshakes.end(one);
      case LEAVING -> leaving--;
      case OUTSIDE, ESTABLISHED -> {}
    }
    if (before.hasPlace() && !next.hasPlace()) {
      places.giveBack(one);
    } else if (next.hasPlace() && !before.hasPlace()) {
      places.take(one);
    }
    switch (next) {
      case WAITING -> handshakes.standInLine(one);
      case HANDSHAKING -> handshakes.begin(one);
      case LEAVING -> leaving++;
      case ESTABLISHED -> places.shown(one);
      case OUTSIDE -> {}
    }
    one.comeTo(next);
  }

  /** Begins the handshakes that may, the addresses in turn. One thread at a time. */
  void beginHandshakes() {
    for (OpenConnection next = next(); next != null; next = next()) {
      next.socket().begin();
    }
  }

  private synchronized @Nullable OpenConnection next() {
    OpenConnection next = handshakes.next();
    if (next != null) {
      move(next, Stage.HANDSHAKING);
    }
    return next;
  }

  /**
   * Looks whether some of those that wait without a word have spoken meanwhile, each in its turn;
   * who has not in the time for its handshake has to go. One thread at a time.
   *
   * @return who has
   */
  List<OpenConnection> listen() {
    List<OpenConnection> spoke = new ArrayList<>();
    for (OpenConnection silent : silent()) {
      if (hasSpoken(silent)) {
        spoke.add(silent);
      } else if (now() - silent.since() >= limits.handshakeTime().toNanos() && leaves(silent)) {
        silent.socket().leave(ConnectionRule.HANDSHAKE_TIME);
      }
    }
    return spoke;
  }

  /** What a client may take for its part of its handshake. */
  long handshakeSeconds() {
    return limits.handshakeTime().toSeconds();
  }

  /** Looks whether one that waits without a word has spoken meanwhile. */
  boolean hasSpoken(OpenConnection silent) {
    boolean spoke = silent.socket().hasSpoken();
    if (spoke) {
      speaks(silent);
    }
    return spoke;
  }

  /** Whether it waits without a word. */
  synchronized boolean isSilent(OpenConnection one) {
    return one.stage() == Stage.WAITING && handshakes.isSilent(one);
  }

  private synchronized boolean leaves(OpenConnection silent) {
    boolean waits = silent.stage() == Stage.WAITING;
    if (waits) {
      move(silent, Stage.LEAVING);
    }
    return waits;
  }

  private synchronized List<OpenConnection> silent() {
    return handshakes.silent(HEARD_AT_A_TIME);
  }

  private synchronized void speaks(OpenConnection one) {
    if (one.stage() == Stage.WAITING) {
      handshakes.speaksInLine(one);
    }
  }

  /** Its first byte was read. */
  synchronized void heard(OpenConnection one) {
    if (one.stage() == Stage.HANDSHAKING) {
      handshakes.heard(one);
    }
  }

  /** It waits for its client. */
  synchronized void answered(OpenConnection one) {
    if (one.stage() == Stage.HANDSHAKING) {
      handshakes.answered(one);
    }
  }

  long now() {
    return time.nanoTime();
  }

  /** Lets nobody begin any more. */
  void dismissWaiting() {
    for (OpenConnection next = nextOfAll(); next != null; next = nextOfAll()) {
      next.socket().leave(null);
    }
  }

  private synchronized @Nullable OpenConnection nextOfAll() {
    OpenConnection next = handshakes.nextOfAll();
    if (next != null) {
      move(next, Stage.LEAVING);
    }
    return next;
  }

  /** How many have not begun their handshake. */
  synchronized int waiting() {
    return handshakes.waiting();
  }

  synchronized @Nullable ConnectionRule waitsFor(OpenConnection one) {
    return one.stage() == Stage.WAITING ? handshakes.reasonToWait(one) : null;
  }

  synchronized void handshaken(OpenConnection one) {
    if (one.stage() == Stage.HANDSHAKING) {
      handshakes.succeeded(one);
      move(one, Stage.ESTABLISHED);
    }
  }

  synchronized void closed(OpenConnection one) {
    move(one, Stage.OUTSIDE);
  }

  /** Counts that a rule kept somebody out, or waiting. */
  void overflowed(ConnectionRule rule) {
    counted(rule).increment();
  }

  private LongAdder counted(ConnectionRule rule) {
    return Objects.requireNonNull(overflows.get(rule));
  }

  /** Counts one that left before its handshake could begin. */
  void gaveUp() {
    gaveUp.increment();
  }

  /** What it holds down, for those who watch. */
  public List<Bound> bounds() {
    return List.of(
        bound(ConnectionRule.TOTAL, places::taken, limits.total()),
        bound(ConnectionRule.DESCRIPTORS, descriptors::known, descriptors.most()),
        bound(ConnectionRule.OF_ADDRESS, places::mostOfAddress, limits.perAddress()),
        bound(ConnectionRule.HANDSHAKES, handshakes::underWay, limits.handshakes()),
        bound(
            ConnectionRule.HANDSHAKES_OF_ADDRESS,
            handshakes::mostOfAddress,
            limits.ofAddress(limits.handshakes())),
        new Bound("handshakes-owed", locked(handshakes::owed), limits.handshakesOwed(), () -> 0),
        new Bound("handshakes-aside", locked(handshakes::aside), limits.total(), () -> 0),
        new Bound("handshakes-silent", locked(handshakes::mute), handshakes.mostMute(), () -> 0),
        new Bound("handshakes-waiting", this::waiting, limits.total(), gaveUp::sum),
        bound(ConnectionRule.NEW_OF_ADDRESS, null, limits.newPerSecond()),
        bound(ConnectionRule.HANDSHAKE_TIME, null, handshakeSeconds()),
        new Bound(
            "addresses-remembered",
            handshakes::remembered,
            handshakes.mostRemembered(),
            handshakes::notRemembered));
  }

  private Bound bound(ConnectionRule rule, @Nullable LongSupplier used, long limit) {
    return new Bound(rule.label(), used == null ? null : locked(used), limit, counted(rule)::sum);
  }

  private LongSupplier locked(LongSupplier number) {
    return () -> {
      synchronized (this) {
        return number.getAsLong();
      }
    };
  }
}
