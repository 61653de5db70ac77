package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.gate.GateChain;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Before seats are asked for, lets the watches of a user come up to the queues by turns, so many
 * that seats are never idle, so few that the queues do not overflow. Refuses none. Thread-safe.
 *
 * <p>All informers of an agent that runs on each node come back within a second. kube-apiserver
 * takes them no faster than it has processor to read them, and has a watch's seats back after a
 * millisecond. Here reading costs little and seats are held until the upstream's first bytes are
 * here, so that most would find the queues full, go away together, and all come back in the same
 * second, for which the time grows to half a minute.
 */
final class WatchTurns implements Station {
  /*
   * Enough that one stands ready wherever a seat comes free, as the next is called when one leaves; few enough that all places of a
   * user's flow (6 queues of 50 where nothing else is configured; others share them) are never taken by them.
   */
  static final int MOST_OF_USER = 20;

  /** After that it takes its chance with the queues. */
  static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Map<String, Line> lines = new HashMap<>(); // only of users with a watch that waits
  private final WaitingGates room;
  private final TimeSource time;
  private int queued;
  private int inLine;

  /**
   * Of one user.
   *
   * <p>A watch is {@code standing} until it is {@code called} or leaves; called until it has asked
   * for seats; then {@code queued} while it waits for them.
   */
  private static final class Line {
    private final Set<Turn> standing = new LinkedHashSet<>();
    private int called;
    private int queued;

    boolean mayCall() {
      return !standing.isEmpty() && called + queued < MOST_OF_USER;
    }

    boolean isNone() {
      return standing.isEmpty() && called == 0 && queued == 0;
    }
  }

  /**
   * @param bytes of those that wait their turn
   */
  WatchTurns(Gate bytes, TimeSource time) {
    this.room = new WaitingGates(new GateChain(List.of(bytes)), time);
    this.time = time;
  }

  @Override
  public Wait at(Call call) {
    return call.info().isWatch() ? turn(call) : Wait.NONE;
  }

  private synchronized Wait turn(Call call) {
    Line line = lines.get(user(call));
    if (line == null || (line.standing.isEmpty() && line.called + line.queued < MOST_OF_USER)) {
      return Wait.NONE;
    }
    Turn turn = new Turn(call);
    line.standing.add(turn);
    inLine++;
    return turn;
  }

  /** Of watches that wait for seats: they are counted. */
  Gate queued() {
    return new Queued();
  }

  /** How many wait for seats. */
  synchronized int waitingForSeats() {
    return queued;
  }

  private synchronized int inLine() {
    return inLine;
  }

  /** Whether nobody is remembered. */
  synchronized boolean isEmpty() {
    return lines.isEmpty();
  }

  /** For those who watch. */
  Bound bound(long most) {
    return new Bound("watch-turns", this::inLine, most, () -> 0);
  }

  private static String user(Asked asked) {
    return asked.digest().user().name();
  }

  /** One of them has left the queues, or has asked for seats. */
  private void callNext(String user) {
    List<Turn> next = new ArrayList<>();
    synchronized (this) {
      Line line = lines.get(user);
      if (line != null) {
        for (Iterator<Turn> first = line.standing.iterator(); line.mayCall(); ) {
          next.add(first.next());
          first.remove();
          inLine--;
          line.called++;
        }
        if (line.isNone()) {
          lines.remove(user);
        }
      }
    }
    next.forEach(Turn::call);
  }

  private synchronized void queued(String user) {
    queued++;
    line(user).queued++;
  }

  private Line line(String user) {
    return lines.computeIfAbsent(user, none -> new Line());
  }

  private void noLongerQueued(String user) {
    synchronized (this) {
      queued--;
      line(user).queued--;
    }
    callNext(user);
  }

  private synchronized boolean leaveLine(String user, Turn turn) {
    Line line = lines.get(user);
    boolean stood = line != null && line.standing.remove(turn);
    if (stood) {
      inLine--;
    }
    return stood;
  }

  private void hasAsked(String user) {
    synchronized (this) {
      line(user).called--;
    }
    callNext(user);
  }

  private final class Queued implements Gate {
    @Override
    public boolean concerns(Asked asked) {
      return asked.info().isWatch();
    }

    @Override
    public long enter(Asked asked, long now) {
      queued(user(asked));
      return 0;
    }

    @Override
    public void leave(Asked asked) {
      noLongerQueued(user(asked));
    }
  }

  private final class Turn extends Wait {
    private final Call call;
    private final String user;

    Turn(Call call) {
      this.call = call;
      this.user = user(call);
    }

    @Override
    void begin() {
      try {
        room.pass(call, this);
      } catch (RefusedException full) {
        pass(); // no room to wait here: the queues decide
        return;
      }
      long since = time.nanoTime();
      hold(() -> call.waitedBeforehand(time.nanoTime() - since));
      hold(call.loop().after(LONGEST_NANOS, this::pass));
    }

    /** From any thread. It no longer stands in line. */
    void call() {
      call.loop()
          .run(
              () -> {
                try {
                  goOn(); // asks for seats, and waits for them or not, before this returns
                } finally {
                  hasAsked(user);
                }
              });
    }

    /** Out of turn, unless it was called already. */
    private void pass() {
      if (leaveLine(user, this)) {
        goOn();
      }
    }

    @Override
    void cancel() {
      leaveLine(user, this);
      refuse(
          new RefusedException(429, "TooManyRequests", "gave-way", "its place was needed")
              .retryAfter(1));
    }
  }
}
