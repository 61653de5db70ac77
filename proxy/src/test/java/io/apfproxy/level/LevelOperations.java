package io.apfproxy.level;

import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.queueset.BurstTerms;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.QueueSetState;
import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.time.TimeSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * A small level, and what may happen to it on any thread: for Lincheck, which makes one object for
 * each run. Time stands still, so that the answers follow from the order of the operations alone.
 */
@Param(name = "request", gen = IntGen.class, conf = "0:3")
@Param(name = "limit", gen = IntGen.class, conf = "0:2")
@Param(name = "shape", gen = IntGen.class, conf = "0:2")
public abstract class LevelOperations {
  private static final List<QueuingShape> SHAPES =
      List.of(new QueuingShape(2, 1, 1), new QueuingShape(1, 1, 2), QueuingShape.REJECT);
  private static final int[] WIDTHS = {1, 1, 2, 1};
  private static final BurstTerms TERMS = new BurstTerms(2, 10, 2);
  private static final long LATER = 100_000_000_000L;

  private final ReentrantLock lock;
  private final Standing time = new Standing();
  private final PriorityLevel level;
  private final List<Request> requests;
  private final AtomicInteger idleReports = new AtomicInteger();
  private final AtomicInteger toldUnderLock = new AtomicInteger();

  /**
   * @param lock the level's
   * @param saved whether it has saved something to spend beyond its limit: limits.md L-62
   */
  LevelOperations(ReentrantLock lock, boolean saved) {
    this.lock = lock;
    this.level =
        new PriorityLevel(
            "level",
            SHAPES.get(0),
            1,
            time,
            (nanos, action) -> {
              throw new AssertionError("nothing lingers");
            },
            this::reportIdle,
            lock);
    if (saved) {
      level.setBurst(TERMS, new BurstSeats(1, () -> true));
    }
    time.nanos = LATER;
    FlowTally tally = level.tally("schema");
    this.requests =
        IntStream.range(0, WIDTHS.length).mapToObj(i -> new Request(tally, i, WIDTHS[i])).toList();
  }

  /** Stands still while threads run. */
  private static final class Standing implements TimeSource {
    private long nanos;

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public long epochMillis() {
      return 0;
    }
  }

  /** What can be seen of the level at one instant. */
  record Counts(int waiting, int executing, int seats, int wanted, long dispatched, long rejected) {
    static Counts of(QueueSetState state) {
      return new Counts(
          state.waiting(),
          state.executing(),
          state.seatsInUse(),
          state.seatsWaiting(),
          state.dispatched(),
          state.rejected());
    }
  }

  /** Throws where the request came before, and changes nothing then. */
  @Operation(params = "request")
  public boolean start(int request) {
    return level.start(requests.get(request));
  }

  @Operation(params = "request")
  public boolean cancel(int request) {
    return level.cancel(requests.get(request));
  }

  @Operation(params = "request")
  public boolean finish(int request) {
    return level.finish(requests.get(request));
  }

  @Operation(params = "limit")
  public void setLimit(int limit) {
    level.setLimit(limit, 1);
  }

  /** Seats beyond the limit; -1 if it may have none. */
  @Operation
  public int beyond() {
    BurstState burst = level.burst();
    return burst == null ? -1 : burst.seatsInUse();
  }

  @Operation(params = "shape")
  public void reconfigure(int shape) {
    level.reconfigure(SHAPES.get(shape));
  }

  @Operation
  public boolean quiesce() {
    return level.quiesce();
  }

  @Operation
  public void unquiesce() {
    level.unquiesce();
  }

  @Operation
  public Counts counts() {
    return Counts.of(level.state().queueSet());
  }

  /** After all threads have ended: everybody who was decided was told so, once. */
  @Validate
  public void everyDecisionWasToldOnce() {
    for (Request request : requests) {
      boolean open =
          request.state() == RequestState.CREATED || request.state() == RequestState.WAITING;
      check(request.told.get() == (open ? 0 : 1), request + " told " + request.told.get());
    }
    check(toldUnderLock.get() == 0, "told under the lock");
    LevelState state = level.state();
    int seats = requests.stream().mapToInt(Request::heldSeats).sum();
    check(state.queueSet().seatsInUse() == seats, "seats in use are not those of the leases");
    check(
        !state.quiescing() || !state.queueSet().idle() || idleReports.get() > 0,
        "idle while quiescing, but nobody was told");
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  private void reportIdle() {
    idleReports.incrementAndGet();
    noteLock();
  }

  private void noteLock() {
    if (lock.isHeldByCurrentThread()) {
      toldUnderLock.incrementAndGet();
    }
  }

  private final class Request extends SeatRequest {
    private final AtomicInteger told = new AtomicInteger();

    Request(FlowTally tally, long flowHash, int seats) {
      super(tally, flowHash, seats, 0, 0);
    }

    int heldSeats() {
      return state() == RequestState.EXECUTING ? seats() : 0;
    }

    @Override
    protected void onExecute() {
      told.incrementAndGet();
      noteLock();
    }

    @Override
    protected void onRefuse(Refusal reason) {
      told.incrementAndGet();
      noteLock();
    }

    @Override
    public String toString() {
      return "request " + flowHash() + ", " + state() + ",";
    }
  }
}
