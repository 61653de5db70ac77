package io.apfproxy.server.listen;

import io.apfproxy.time.TimeSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which of the sockets that have something are read in this round of an event loop, and in which
 * order: those of the owner who has had least of its time first, and none any more after {@value
 * #ROUND_MICROS} µs. Not thread-safe. Source: specification security.md 12.
 */
final class ReadingTurns {
  /*
   * A turn of its own for each is not enough: whoever opens four hundred connections has four hundred
   * of them before it is anybody else's again, and a head of 250 KB is more than a millisecond that
   * cannot be divided. So a round is as long with one greedy connection as with a thousand, and in it
   * who takes less than an equal share goes first; and that share is an owner's, not a connection's.
   * All who are not known yet at one address are one owner, so there a connection that has just come
   * does not wait until each of those hundreds has had its turn: every second one is for such.
   */
  static final int ROUND_MICROS = 2_000;

  /*
   * The machine may have stood still in a turn, which is nobody's doing; so no more is charged than the
   * dearest bytes are known to take, with all that they ask for.
   */
  private static final long MOST_NANOS_A_TURN = TimeUnit.MICROSECONDS.toNanos(100);
  private static final long MOST_NANOS_A_BYTE = 500;

  private static final long ROUND_NANOS = TimeUnit.MICROSECONDS.toNanos(ROUND_MICROS);

  private final TimeSource time;
  private final Map<SocketOwner, Owned> owners = new HashMap<>();
  private final FairTurns<Owned> ready = new FairTurns<>(false);

  ReadingTurns(TimeSource time) {
    this.time = time;
  }

  /** A socket that can be read. Belongs to one event loop. */
  abstract static class Reader extends FairTurns.Taker {
    private final ReadingTurns turns;
    private Owned owned;

    Reader(ReadingTurns turns, SocketOwner owner) {
      this.turns = turns;
      this.owned = turns.join(owner);
    }

    /** Reads it once; returns how many bytes that were, not negative. */
    abstract int read();

    /** Has it take part in this round; at most once in each. */
    final void ready() {
      if (owned.ready.isEmpty()) {
        if (isLeaving() && owned.sockets == 1) {
          owned.leaves();
        }
        turns.ready.add(owned);
      }
      owned.ready.add(this);
    }

    /** From its next round on it has a share of another's time. */
    final void moveTo(SocketOwner owner) {
      turns.leave(owned);
      owned = turns.join(owner);
      beginAnew();
    }

    /** It is never {@link #ready} again. */
    final void leave() {
      turns.leave(owned);
    }
  }

  /** The sockets of one owner. */
  private static final class Owned extends FairTurns.Taker {
    private final SocketOwner owner;
    private final FairTurns<Reader> ready = new FairTurns<>(true);
    private int sockets;

    Owned(SocketOwner owner) {
      this.owner = owner;
    }
  }

  /** How many have sockets now. */
  int owners() {
    return owners.size();
  }

  private Owned join(SocketOwner owner) {
    Owned owned = owners.computeIfAbsent(owner, Owned::new);
    owned.sockets++;
    owned.stays();
    return owned;
  }

  private void leave(Owned owned) {
    if (--owned.sockets == 0) {
      owners.remove(owned.owner);
    }
  }

  /** Ends the round: who had no turn keeps its place, and has to be ready again. */
  void read() {
    if (ready.isEmpty()) {
      return;
    }
    long began = time.nanoTime();
    long now = began;
    while (!ready.isEmpty() && now - began < ROUND_NANOS) {
      Owned owned = ready.next();
      Reader socket = owned.ready.next();
      long most = MOST_NANOS_A_TURN + MOST_NANOS_A_BYTE * socket.read();
      long end = time.nanoTime();
      long charged = Math.min(end - now, most);
      socket.took(charged);
      owned.took(charged);
      if (!owned.ready.isEmpty()) {
        ready.add(owned);
      }
      now = end;
    }
    ready.dismiss(owned -> owned.ready.dismiss(socket -> {}));
  }
}
