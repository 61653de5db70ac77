package io.apfproxy.flowcontrol;

import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.TimeSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The classic pair of limits: one for reads, one for writes. Nobody waits. Thread-safe.
 *
 * <p>Source: reference, pkg/server/filters/maxinflight.go.
 */
public final class MaxInFlight implements FlowControl {
  private final Pool readOnly;
  private final Pool mutating;
  private final TimeSource time;

  /**
   * @param readOnlyLimit requests that may read at a time, 0 for no limit
   * @param mutatingLimit all others that may execute at a time, 0 for no limit
   */
  public MaxInFlight(int readOnlyLimit, int mutatingLimit, TimeSource time) {
    this.readOnly = new Pool(readOnlyLimit);
    this.mutating = new Pool(mutatingLimit);
    this.time = time;
  }

  @Override
  public Admission admit(RequestDigest digest, AdmissionListener listener) {
    if (digest.info().isWatch()) {
      listener.onExecute(new Slot(null)); // long-running requests are not counted
      return Decided.INSTANCE;
    }
    Pool pool =
        KindLoad.Kind.of(digest.info().verb()) == KindLoad.Kind.READ_ONLY ? readOnly : mutating;
    if (pool.limit == 0) {
      listener.onExecute(new Slot(null));
    } else if (pool.take()) {
      listener.onExecute(new Slot(pool));
    } else if (digest.user().groups().contains(UserInfo.MASTERS)) {
      listener.onExecute(new Slot(null)); // administrators get in, uncounted, when it is full
    } else {
      listener.onReject(pool.full());
    }
    return Decided.INSTANCE;
  }

  /** Reads counted now; 0 if they are not limited. */
  public int readOnlyInFlight() {
    return readOnly.taken.get();
  }

  /** Other requests counted now; 0 if they are not limited. */
  public int mutatingInFlight() {
    return mutating.taken.get();
  }

  private static final class Pool {
    private final int limit;
    private final AtomicInteger taken = new AtomicInteger();

    Pool(int limit) {
      if (limit < 0) {
        throw new IllegalArgumentException("limit is " + limit + ", must be at least 0");
      }
      this.limit = limit;
    }

    Rejection full() {
      return new Rejection(
          RejectReason.CONCURRENCY_LIMIT,
          1,
          1,
          Rejection.NO_QUEUES,
          Circumstances.of(taken.get(), limit));
    }

    boolean take() {
      int now;
      do {
        now = taken.get();
        if (now >= limit) {
          return false;
        }
      } while (!taken.compareAndSet(now, now + 1));
      return true;
    }
  }

  /** One place of a pool, or of none. */
  private final class Slot implements SeatLease {
    private static final long HELD = -1;

    private final @Nullable Pool pool;
    private final long takenAt = time.nanoTime();
    private final AtomicLong heldNanos = new AtomicLong(HELD);

    Slot(@Nullable Pool pool) {
      this.pool = pool;
    }

    @Override
    public int seats() {
      return pool == null ? 0 : 1;
    }

    @Override
    public long seatNanos() {
      return seats() * heldNanos();
    }

    @Override
    public long heldNanos() {
      long held = heldNanos.get();
      return held == HELD ? time.nanoTime() - takenAt : held;
    }

    @Override
    public boolean isHeld() {
      return pool != null && heldNanos.get() == HELD;
    }

    @Override
    public boolean isAwaited() {
      return false; // who finds no place is refused at once
    }

    @Override
    public void watchInitialised() {
      // a watch holds no place
    }

    @Override
    public void close() {
      if (pool != null && heldNanos.compareAndSet(HELD, time.nanoTime() - takenAt)) {
        pool.taken.decrementAndGet();
      }
    }
  }

  /** Nothing to cancel: every decision is immediate. */
  private enum Decided implements Admission {
    INSTANCE;

    @Override
    public Classification classification() {
      return Classification.NONE;
    }

    @Override
    public boolean isWaiting() {
      return false;
    }

    @Override
    public boolean cancel() {
      return false;
    }

    @Override
    public void crowdOut() {}
  }
}
