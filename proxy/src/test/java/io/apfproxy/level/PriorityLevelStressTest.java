package io.apfproxy.level;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.queueset.FlowTally;
import io.apfproxy.queueset.QueueSetState;
import io.apfproxy.queueset.QueuingShape;
import io.apfproxy.queueset.Refusal;
import io.apfproxy.queueset.SeatRequest;
import io.apfproxy.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads at once: every request ends once, no seat is lost, the limit holds. */
class PriorityLevelStressTest {
  private static final int THREADS = 4;
  private static final int REQUESTS_PER_THREAD = 5_000;
  private static final int LIMIT = 12;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1);
  private final ConcurrentLinkedQueue<Runnable> lingerEnds = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Request> executing = new ConcurrentLinkedQueue<>();
  private final AtomicInteger seatsHeld = new AtomicInteger();
  private final AtomicInteger mostSeatsHeld = new AtomicInteger();
  private final AtomicLong executed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private PriorityLevel level;
  private FlowTally tally;

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyRequestEndsOnceAndEverySeatComesBack(long seed) throws Exception {
    level = newLevel(new QueuingShape(16, 4, 20));
    List<Request> all = run(seed, false);

    assertThat(all).allSatisfy(r -> assertThat(r.outcomes.get()).isEqualTo(1));
    assertThat(executed.get() + refused.get()).isEqualTo((long) THREADS * REQUESTS_PER_THREAD);
    assertThat(executed.get()).isPositive();
    assertThat(refused.get()).isPositive();
    assertThat(mostSeatsHeld.get()).isLessThanOrEqualTo(LIMIT);
    assertAtRest();
  }

  @Test
  void nothingIsLostWhileItIsReconfigured() throws Exception {
    level = newLevel(new QueuingShape(16, 4, 20));
    List<Request> all = run(4, true);

    assertThat(all).allSatisfy(r -> assertThat(r.outcomes.get()).isEqualTo(1));
    assertThat(executed.get() + refused.get()).isEqualTo((long) THREADS * REQUESTS_PER_THREAD);
    assertAtRest();
  }

  private void assertAtRest() {
    QueueSetState state = level.state().queueSet();
    assertThat(state.idle()).isTrue();
    assertThat(state.seatsInUse()).isZero();
    assertThat(state.seatsWaiting()).isZero();
    assertThat(state.activeQueues()).isZero();
    assertThat(state.dispatched()).isEqualTo(executed.get());
    assertThat(state.rejected()).isEqualTo(refused.get());
    assertThat(level.requests(10_000)).isEmpty();
    assertThat(level.state().flows())
        .containsExactly(
            new LevelState.Flow("schema", 0, 0, 0, 0, executed.get(), state.noAccommodation()));
    assertThat(seatsHeld.get()).isZero();
  }

  private List<Request> run(long seed, boolean reconfiguring) throws Exception {
    List<Future<List<Request>>> work = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      long own = seed * THREADS + i;
      work.add(threads.submit(() -> client(new SplittableRandom(own))));
    }
    Future<?> changes =
        threads.submit(() -> change(new SplittableRandom(seed), reconfiguring, work));
    List<Request> all = new ArrayList<>();
    for (Future<List<Request>> thread : work) {
      all.addAll(thread.get(60, TimeUnit.SECONDS));
    }
    changes.get(60, TimeUnit.SECONDS);
    level.setLimit(LIMIT, LIMIT);
    while (!executing.isEmpty() || !lingerEnds.isEmpty()) {
      finishOne();
      endLingering();
    }
    return all;
  }

  /** Starts requests, and now and then finishes or cancels one, perhaps twice. */
  private List<Request> client(SplittableRandom random) {
    List<Request> mine = new ArrayList<>();
    for (int i = 0; i < REQUESTS_PER_THREAD; i++) {
      int finalSeats = random.nextInt(4) == 0 ? random.nextInt(1, 6) : 0;
      Request request =
          new Request(random.nextLong(), random.nextInt(1, 4), finalSeats, finalSeats * 1_000L);
      mine.add(request);
      level.start(request);
      if (random.nextInt(3) == 0) {
        level.cancel(mine.get(random.nextInt(mine.size())));
      }
      if (random.nextInt(3) > 0) {
        finishOne();
      }
      if (random.nextInt(2) == 0) {
        endLingering();
      }
    }
    return mine;
  }

  private void change(
      SplittableRandom random, boolean reconfiguring, List<Future<List<Request>>> clients) {
    while (!clients.stream().allMatch(Future::isDone)) {
      if (reconfiguring) {
        level.setLimit(random.nextInt(0, LIMIT + 1), LIMIT);
        int queues = random.nextInt(0, 20);
        level.reconfigure(
            queues == 0 ? QueuingShape.REJECT : new QueuingShape(queues, 1, random.nextInt(1, 30)));
      }
      level.state();
      level.requests(10_000);
      level.queues();
      Thread.onSpinWait();
    }
  }

  private void finishOne() {
    Request request = executing.poll();
    if (request != null) {
      // Before the seats go back: what is counted here never exceeds what the level counts.
      seatsHeld.addAndGet(-request.seats());
      assertThat(level.finish(request)).isTrue();
      assertThat(level.finish(request)).isFalse();
    }
  }

  private void endLingering() {
    Runnable end = lingerEnds.poll();
    if (end != null) {
      end.run();
    }
  }

  private PriorityLevel newLevel(QueuingShape shape) {
    PriorityLevel made =
        new PriorityLevel(
            "level",
            shape,
            LIMIT,
            TimeSource.system(),
            (nanos, action) -> lingerEnds.add(action),
            () -> {});
    tally = made.tally("schema");
    return made;
  }

  private final class Request extends SeatRequest {
    private final AtomicInteger outcomes = new AtomicInteger();

    Request(long flowHash, int initialSeats, int finalSeats, long latencyNanos) {
      super(tally, flowHash, initialSeats, finalSeats, latencyNanos);
    }

    @Override
    protected void onExecute() {
      outcomes.incrementAndGet();
      executed.incrementAndGet();
      int held = seatsHeld.addAndGet(seats());
      mostSeatsHeld.accumulateAndGet(held, Math::max);
      executing.add(this);
    }

    @Override
    protected void onRefuse(Refusal reason) {
      outcomes.incrementAndGet();
      refused.incrementAndGet();
    }
  }
}
