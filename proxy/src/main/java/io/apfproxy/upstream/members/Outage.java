package io.apfproxy.upstream.members;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the upstream is away, and what becomes of requests meanwhile: those in hand, of which
 * nothing was sent, wait for its return, and go on in their order as seats allow. Thread-safe; runs
 * what it was given on the thread of whoever tells it something. Source: specification limits.md
 * L-90 to L-94.
 */
public final class Outage {
  /*
   * Requests read three flags, all volatile and at rest as long as the upstream answers; everything
   * else is done under the lock, and what follows from it is run when that is free again.
   */
  private static final long ALL = Long.MAX_VALUE;

  private final long holdNanos;
  private final LongSupplier nanos;
  private final Listener listener;
  private final ReturnSpread spread =
      new ReturnSpread(bound -> ThreadLocalRandom.current().nextInt(bound));
  private final UpstreamState state = new UpstreamState();
  private final Herd herd = new Herd();
  private final Set<Runnable> watching = new LinkedHashSet<>();
  private long seats = ALL;
  private volatile long returns;

  /** Told of what happens, by whoever notices it. Must not block. */
  public interface Listener {
    /** Somebody waits for the next pulse. */
    default void pulseWanted() {}

    /** Nobody is there. */
    default void down() {}

    /** The upstream's own queues were full for a request that held seats. */
    default void refusedInside() {}

    /**
     * The upstream is back after it was down. From now on {@link Outage#letGo} says how many of
     * those in hand go on; until the first call none does.
     */
    default void back(Outage outage, long awayNanos) {
      outage.letGo(Integer.MAX_VALUE);
    }
  }

  /**
   * @param hold how long requests of which nothing was sent wait for its return; zero for not at
   *     all
   * @param nanos monotonic time
   */
  public Outage(Duration hold, LongSupplier nanos, Listener listener) {
    this.holdNanos = hold.toNanos();
    this.nanos = nanos;
    this.listener = listener;
  }

  /** Of an upstream that nobody watches: it is never away, and nobody waits. */
  public static Outage never() {
    return new Outage(Duration.ZERO, () -> 0, new Listener() {});
  }

  /** A request in hand that waits, or was let go and has not ended. */
  public final class Place implements AutoCloseable {
    private final Herd.Place place;

    private Place(Herd.Place place) {
      this.place = place;
    }

    /** It has ended, or waits no longer. Harmless when repeated. */
    @Override
    public void close() {
      List<Runnable> next;
      synchronized (Outage.this) {
        herd.remove(place);
        next = goOn();
      }
      next.forEach(Runnable::run);
    }
  }

  // For requests.

  /** Whether a request would be sent in vain, and is to wait or to fail. */
  public boolean isClosed() {
    return holdNanos > 0 && state.isClosed();
  }

  /**
   * Lets a request wait.
   *
   * @param seatsOfIt that it holds, 1 or more
   * @param go it may be sent now
   * @param inVain its time is over; at most one of the two is run, perhaps before this returns
   * @return to be closed when the request has ended; null if it may not wait
   */
  public @Nullable Place hold(int seatsOfIt, Runnable go, Runnable inVain) {
    Herd.Place place = new Herd.Place(seatsOfIt, go, inVain);
    List<Runnable> next;
    synchronized (this) {
      if (holdNanos == 0 || isOverdue()) {
        return null;
      }
      herd.add(place);
      next = goOn();
    }
    next.forEach(Runnable::run);
    return new Place(place);
  }

  /**
   * Tells once that requests would be sent in vain from now on; at once if they already would.
   *
   * @return to be run when nobody wants to know any more
   */
  public Runnable whenClosed(Runnable told) {
    boolean is;
    synchronized (this) {
      is = isClosed();
      if (!is) {
        watching.add(told);
      }
    }
    if (is) {
      told.run();
    }
    return () -> {
      synchronized (this) {
        watching.remove(told);
      }
    };
  }

  /** An exchange found nobody, so that nothing of it was sent. */
  public void foundNobody() {
    List<Runnable> told;
    synchronized (this) {
      state.foundNobody(nanos.getAsLong());
      told = closed();
    }
    told.forEach(Runnable::run);
    listener.pulseWanted();
  }

  /** The head of a response came. Costs nothing as long as there is no doubt. */
  public void headCame() {
    if (state.listens()) {
      List<Runnable> next;
      synchronized (this) {
        next = state.head(nanos.getAsLong()) ? goOn() : List.of();
      }
      next.forEach(Runnable::run);
    }
  }

  /** The upstream refused a request with seats, as its own queues were full. */
  void refusedInside() {
    listener.refusedInside();
  }

  /** Whether new requests are not even taken in: it is down for longer than anybody may wait. */
  public boolean isRefusing() {
    return state.isDown() && isOverdue();
  }

  /** When a client that is refused for it may come back, another time for each. */
  public int retryAfterSeconds() {
    return spread.seconds(state.quietNanos(nanos.getAsLong()));
  }

  // For who watches.

  /** Whether nobody is there. */
  public boolean isDown() {
    return state.isDown();
  }

  /** Whether its return is awaited, so that it is to be asked whether it is ready. */
  public boolean awaitsReturn() {
    return state.isClosed();
  }

  /** Whether nothing bad was heard since a pulse was answered last. */
  public boolean isTrusted() {
    return !state.isDoubted();
  }

  /** How often it came back after it was down. */
  public long returns() {
    return returns;
  }

  /** Requests that wait now. */
  public synchronized int waiting() {
    return herd.size();
  }

  /** A pulse was answered, whatever it says. */
  public void pulseAnswered() {
    answered(now -> state.answered());
  }

  /** The upstream was asked whether it is ready to serve. */
  public void pulseAnsweredWhetherReady(boolean ready) {
    answered(now -> state.answeredWhetherReady(ready, now));
  }

  private void answered(LongPredicate isBack) {
    boolean back;
    long away;
    List<Runnable> next = List.of();
    synchronized (this) {
      long now = nanos.getAsLong();
      away = state.quietNanos(now);
      back = isBack.test(now);
      if (back) {
        returns++;
        seats = 0; // until it is known how many may go
      } else if (herd.size() > 0) {
        next = goOn();
      }
    }
    next.forEach(Runnable::run);
    if (back) {
      listener.back(this, away);
    }
  }

  /** A pulse was not answered. To be told of each: those that wait in vain give up with it. */
  public void pulseMissed() {
    boolean isNew;
    List<Runnable> told;
    List<Runnable> next;
    synchronized (this) {
      isNew = state.missed(nanos.getAsLong());
      told = closed();
      next = state.isClosed() && isOverdue() ? herd.giveUp() : List.of();
    }
    told.forEach(Runnable::run);
    next.forEach(Runnable::run);
    if (isNew) {
      listener.down();
    }
  }

  /** The way that requests take was tried. */
  public synchronized void wayTried(boolean open) {
    state.way(open, nanos.getAsLong());
  }

  /**
   * Lets so many seats be in use by those that had to wait.
   *
   * @param most {@link Integer#MAX_VALUE} for no bound
   */
  public void letGo(int most) {
    List<Runnable> next;
    synchronized (this) {
      seats = most == Integer.MAX_VALUE ? ALL : most;
      next = goOn();
    }
    next.forEach(Runnable::run);
  }

  private List<Runnable> goOn() {
    return state.isClosed() || seats == 0 || herd.size() == 0 ? List.of() : herd.letGo(seats);
  }

  private List<Runnable> closed() {
    if (watching.isEmpty() || !isClosed()) {
      return List.of();
    }
    List<Runnable> told = List.copyOf(watching);
    watching.clear();
    return told;
  }

  private boolean isOverdue() {
    return state.quietNanos(nanos.getAsLong()) > holdNanos;
  }
}
