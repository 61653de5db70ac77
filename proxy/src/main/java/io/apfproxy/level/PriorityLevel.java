package io.apfproxy.level;

import io.apfproxy.borrowing.SeatDemand;
import io.apfproxy.borrowing.SeatDemandIntegrator;
import io.apfproxy.queueset.BurstSeats;
import io.apfproxy.queueset.BurstState;
import io.apfproxy.queueset.BurstTerms;
import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.LoadMeter;
import io.apfproxy.queueset.Occupancy;
import io.apfproxy.queueset.QueueRow;
import io.apfproxy.queueset.QueueSet;
import io.apfproxy.queueset.QueueSetState;
import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.RequestRow;
import io.apfproxy.queueset.RequestState;
import io.apfproxy.queueset.RequestWalk;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One budget of seats with its queues. Thread-safe. A request is told its fate on the thread whose
 * call decided it, never under the lock; see {@link SeatRequest}.
 */
public final class PriorityLevel {
  /*
   * Each operation is one critical section: read the clock, change the queue set, take what was
   * decided. Requests are told, linger ends scheduled and idleness reported after it. The clock is
   * read inside, so that instants never run backwards from one section to the next.
   */
  private static final long LET_IN_NANOS = 100_000;

  private final String name;
  private final TimeSource time;
  private final DelayedActions delayed;
  private final Runnable onIdle;
  private final ReentrantLock lock;

  // All below is guarded by the lock.
  private final SeatDemandIntegrator demand;
  private final QueueSet queueSet;
  private final LoadMeter load;
  private final Map<String, FlowTally> tallies = new LinkedHashMap<>();
  private final Map<String, FlowTally> shadowTallies = new LinkedHashMap<>();
  private boolean exempt;
  private boolean quiescing;
  private boolean closed;

  /**
   * @param limit seats there are; ignored if exempt
   * @param delayed runs the ends of additional latencies
   * @param onIdle called without the lock when the level has become idle while quiescing
   */
  public PriorityLevel(
      String name,
      QueuingShape shape,
      int limit,
      TimeSource time,
      DelayedActions delayed,
      Runnable onIdle) {
    this(name, shape, limit, time, delayed, onIdle, new ReentrantLock());
  }

  PriorityLevel(
      String name,
      QueuingShape shape,
      int limit,
      TimeSource time,
      DelayedActions delayed,
      Runnable onIdle,
      ReentrantLock lock) {
    this.name = name;
    this.lock = lock;
    this.time = time;
    this.delayed = delayed;
    this.onIdle = onIdle;
    this.exempt = shape.exempt();
    long now = time.nanoTime();
    this.demand = new SeatDemandIntegrator(now);
    this.queueSet = new QueueSet(shape, limit, now, demand::set);
    this.load = new LoadMeter(now);
    load.setFullLoad(Math.max(1, limit));
  }

  public String name() {
    return name;
  }

  /** The counts of one schema here; the same object at every call. */
  public FlowTally tally(String flowSchema) {
    return locked(() -> tallies.computeIfAbsent(flowSchema, FlowTally::new));
  }

  /** The counts of its requests that wait and execute in shadow; the same object at every call. */
  public FlowTally shadowTally(String flowSchema) {
    return locked(() -> shadowTallies.computeIfAbsent(flowSchema, FlowTally::new));
  }

  /**
   * Forgets the counts of the schemas that lead here no longer, but for those with requests here.
   *
   * @param flowSchemas those that do
   */
  public void retainTallies(Set<String> flowSchemas) {
    locked(
        () -> {
          shadowTallies.values().removeIf(tally -> isOver(tally, flowSchemas));
          return tallies
              .values()
              .removeIf(
                  tally ->
                      isOver(tally, flowSchemas) && !shadowTallies.containsKey(tally.flowSchema()));
        });
  }

  private static boolean isOver(FlowTally tally, Set<String> flowSchemas) {
    return tally.isIdle() && !flowSchemas.contains(tally.flowSchema());
  }

  /**
   * A request comes. It is told before this returns if it is decided at once; else it waits, and is
   * told by whatever call decides it.
   *
   * @param request new; its tally must be of this level
   * @return false if the level was dropped: nothing happened
   */
  public boolean start(SeatRequest request) {
    return step(Step.ARRIVE, request);
  }

  /**
   * A request leaves its queue, and is told so.
   *
   * @return whether it still waited; if not, nothing happened
   */
  public boolean cancel(SeatRequest request) {
    return step(Step.CANCEL, request);
  }

  /**
   * An executing request was served: its seats go back, now or after its additional latency.
   *
   * @return whether it was executing; if not, nothing happened
   */
  public boolean finish(SeatRequest request) {
    return step(Step.FINISH, request);
  }

  /**
   * Nobody serves an executing request for now, which is no doing of its flow: it keeps its seats,
   * and its queue is not charged for that time.
   *
   * @return whether it was served in a queue's turn; if not, nothing happened
   */
  public boolean pause(SeatRequest request) {
    return step(Step.PAUSE, request);
  }

  /**
   * Somebody serves it again.
   *
   * @return whether it was paused; if not, nothing happened
   */
  public boolean resume(SeatRequest request) {
    return step(Step.RESUME, request);
  }

  /**
   * Changes the seats there are. Nothing executing is interrupted, and nothing waiting refused.
   *
   * @param fullLoad seats that the load is measured against: the limit, or some where that is 0
   */
  public void setLimit(int limit, int fullLoad) {
    changeLimit(queueSet::setLimit, limit, fullLoad);
  }

  /** The same, but a lower limit is reached by and by: every second seat goes on to the next. */
  public void approachLimit(int limit, int fullLoad) {
    changeLimit(queueSet::approachLimit, limit, fullLoad);
  }

  private interface LimitChange {
    void at(int limit, long nowNanos);
  }

  private void changeLimit(LimitChange change, int limit, int fullLoad) {
    SeatRequest decided =
        locked(
            () -> {
              long now = time.nanoTime();
              change.at(limit, now);
              load.setFullLoad(fullLoad);
              load.note(queueSet, now);
              return queueSet.takeDecided();
            });
    SeatRequest.deliver(decided);
  }

  /**
   * Changes what it may save and spend beyond its limit. What was saved stays, up to the new most.
   *
   * @param terms null if nothing
   * @param pool that all levels share; always the same
   */
  public void setBurst(@Nullable BurstTerms terms, BurstSeats pool) {
    SeatRequest decided =
        locked(
            () -> {
              long now = time.nanoTime();
              queueSet.setBurst(terms, pool, now);
              load.note(queueSet, now);
              return queueSet.takeDecided();
            });
    SeatRequest.deliver(decided);
  }

  /** What it has saved and spends now; null if it has only its limit. */
  public @Nullable BurstState burst() {
    return locked(() -> BurstState.of(queueSet, time.nanoTime()));
  }

  /** Changes how requests line up. What waits stays where it is. */
  public void reconfigure(QueuingShape shape) {
    SeatRequest decided =
        locked(
            () -> {
              long now = time.nanoTime();
              queueSet.reconfigure(shape, now);
              load.note(queueSet, now);
              exempt = shape.exempt();
              return queueSet.takeDecided();
            });
    SeatRequest.deliver(decided);
  }

  /** Whether nothing waits or executes; lingering seats do not count. */
  public boolean isIdle() {
    return locked(queueSet::isIdle);
  }

  /** Whether anybody waits for seats. */
  public boolean isAwaited() {
    return locked(queueSet::isAwaited);
  }

  /**
   * The level is no longer configured: once it is idle, its owner is told.
   *
   * @return false if it is idle already: it starts no request any more, and must be dropped
   */
  public boolean quiesce() {
    return locked(
        () -> {
          quiescing = !queueSet.isIdle();
          closed = !quiescing;
          return quiescing;
        });
  }

  /** The level is configured again. */
  public void unquiesce() {
    locked(() -> quiescing = false);
  }

  /** Ends a borrowing period: returns the seats wanted during it and begins the next. */
  public SeatDemand resetDemand() {
    return locked(() -> demand.reset(time.nanoTime()));
  }

  /** How its seats are used now; cheaper than {@link #state}. */
  public Occupancy occupancy() {
    return locked(() -> Occupancy.of(queueSet));
  }

  /** Its counters now; R is as of the last change. */
  public LevelState state() {
    return locked(
        () ->
            new LevelState(
                name,
                exempt,
                quiescing,
                QueueSetState.of(queueSet),
                load.read(time.nanoTime()),
                tallies.values().stream().map(LevelState.Flow::of).toList(),
                shadowTallies.values().stream().map(LevelState.Flow::of).toList()));
  }

  /** Its queues that were ever used, by index; those without a row are as empty as new. */
  public List<QueueRow> queues() {
    List<QueueRow> rows = new ArrayList<>();
    int[] next = {0};
    while (next[0] >= 0) {
      locked(() -> next[0] = QueueRow.addSome(queueSet, next[0], rows));
      letOthersIn();
    }
    return rows;
  }

  /**
   * Its requests, waiting and executing; read by and by, so they need never have been there all at
   * once. May take a while, as may {@link #queues}: for worker threads.
   *
   * @param most of them
   */
  public List<RequestRow> requests(int most) {
    RequestWalk walk = new RequestWalk(queueSet, most);
    while (locked(walk::readOn)) {
      letOthersIn();
    }
    return walk.rows();
  }

  /** Whoever gives the lock back and takes it again at once, gets it before those who wait. */
  private void letOthersIn() {
    if (lock.hasQueuedThreads()) {
      LockSupport.parkNanos(LET_IN_NANOS);
    }
  }

  private enum Step {
    ARRIVE,
    CANCEL,
    PAUSE,
    RESUME,
    FINISH,
    LINGER_END
  }

  /**
   * One request's critical section and what follows from it. Allocates nothing unless it lingers.
   */
  private boolean step(Step step, SeatRequest request) {
    boolean changed;
    boolean lingers;
    boolean idle;
    SeatRequest decided;
    lock.lock();
    try {
      long now = time.nanoTime();
      changed = apply(step, request, now);
      load.note(queueSet, now);
      lingers = changed && request.state() == RequestState.LINGERING;
      idle = changed && quiescing && queueSet.isIdle();
      decided = queueSet.takeDecided();
    } finally {
      lock.unlock();
    }
    try {
      if (lingers) {
        delayed.after(QueueSet.lingerNanos(request), () -> step(Step.LINGER_END, request));
      }
    } finally {
      try {
        SeatRequest.deliver(decided);
      } finally {
        if (idle) {
          onIdle.run();
        }
      }
    }
    return changed;
  }

  private boolean apply(Step step, SeatRequest request, long nowNanos) {
    return switch (step) {
      case ARRIVE -> {
        if (!closed) {
          queueSet.arrive(request, nowNanos);
        }
        yield !closed;
      }
      case CANCEL -> queueSet.cancel(request, nowNanos);
      case PAUSE -> queueSet.pause(request, nowNanos);
      case RESUME -> queueSet.resume(request, nowNanos);
      case FINISH -> queueSet.finish(request, nowNanos);
      case LINGER_END -> queueSet.lingerEnd(request, nowNanos);
    };
  }

  private <T extends @Nullable Object> T locked(Supplier<T> section) {
    lock.lock();
    try {
      return section.get();
    } finally {
      lock.unlock();
    }
  }
}
