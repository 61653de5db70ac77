package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Some levels with credit that share a pool, at random, in virtual time; and after each step of one
 * of them, what the rules say it must have done. Source: specification limits.md L-61 to L-65.
 */
final class BurstModel {
  private static final long SECOND = 1_000_000_000L;

  /** No request holds its seats for longer, lingering included. */
  private static final long LONGEST = 60 * SECOND;

  private record Due(long nanos, long order, Runnable action) {
    static final Comparator<Due> ORDER =
        Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order);
  }

  private final Random random;
  private final AtomicBoolean idle = new AtomicBoolean(true);
  private final int poolSeats;
  private final BurstSeats pool;
  private final List<Level> levels = new ArrayList<>();
  private final PriorityQueue<Due> agenda = new PriorityQueue<>(Due.ORDER);
  private final List<Integer> widths = new ArrayList<>();
  private final List<RecordedRequest> requests = new ArrayList<>();
  private long now;
  private long order;

  BurstModel(long seed) {
    random = new Random(seed);
    poolSeats = random.nextInt(16);
    pool = new BurstSeats(poolSeats, idle::get);
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      levels.add(new Level());
    }
  }

  /** Something happens, after what was due before. */
  void step() {
    runUntil(now + (random.nextInt(4) == 0 ? 0 : random.nextLong(random.nextInt(9) * SECOND + 1)));
    Level level = levels.get(random.nextInt(levels.size()));
    int choice = random.nextInt(100);
    if (choice < 64) {
      for (int i = 1 + random.nextInt(random.nextInt(6) == 0 ? 12 : 2); i > 0; i--) {
        level.arrive();
      }
    } else if (choice < 70) {
      level.cancel();
    } else if (choice < 82) {
      level.setLimit(random.nextInt(6) == 0 ? 0 : random.nextInt(10));
    } else if (choice < 90) {
      level.setTerms(random.nextInt(6) == 0 ? null : terms());
    } else if (choice < 94) {
      level.reconfigure();
    } else {
      idle.set(random.nextInt(4) > 0);
    }
  }

  /** Lets all end, and all save; returns how many got seats beyond a limit. */
  long drain() {
    idle.set(false);
    levels.forEach(level -> level.setLimit(100));
    runUntil(now + 100 * LONGEST);
    assertThat(pool.inUse()).as("of the pool once nothing executes").isZero();
    assertThat(requests).allMatch(request -> request.told == 1);
    levels.forEach(Level::checkFullWhenIdle);
    return levels.stream().mapToLong(level -> level.grants).sum();
  }

  private void runUntil(long nanos) {
    while (!agenda.isEmpty() && agenda.peek().nanos() <= nanos) {
      Due due = agenda.poll();
      now = due.nanos();
      due.action().run();
    }
    now = nanos;
  }

  private BurstTerms terms() {
    return new BurstTerms(1 + random.nextInt(8), 1 + random.nextInt(20), random.nextInt(10));
  }

  private QueuingShape shape() {
    int queues = random.nextInt(5);
    return queues == 0 ? QueuingShape.REJECT : new QueuingShape(queues, 1, 1 + random.nextInt(6));
  }

  private int granted() {
    return levels.stream().mapToInt(level -> level.granted).sum();
  }

  /** One level, and what it must have by the rules. */
  private final class Level {
    private final List<RecordedRequest> waiting = new ArrayList<>();
    private final QueueSet set;
    private int limit = 1 + random.nextInt(8);
    private @Nullable BurstTerms terms;
    private long credit;
    private int granted;
    private long grants;
    private int inUse;
    private int executing;
    private long last;

    /** Spent less earned since the terms were set, and the least of that and credit in between. */
    private long spent;

    private long bound;

    Level() {
      set = new QueueSet(shape(), limit, now, (nanos, seats) -> {});
      setTerms(terms());
    }

    void arrive() {
      boolean lingers = random.nextInt(3) == 0;
      RecordedRequest request =
          new RecordedRequest(
              requests.size(),
              random.nextLong(),
              1 + random.nextInt(random.nextInt(6) == 0 ? 12 : 3),
              lingers ? 1 + random.nextInt(6) : 0,
              lingers ? random.nextLong(SECOND) : 0);
      requests.add(request);
      widths.add(request.seats);
      advance();
      set.arrive(request, now);
      settle();
      if (request.state == RequestState.WAITING) {
        waiting.add(request);
      }
      if (set.shape.queues() > 0) { // else those in queues left over may wait for the next end
        checkNobodyIsKeptWaiting();
      }
    }

    void cancel() {
      if (!waiting.isEmpty()) {
        advance();
        set.cancel(waiting.remove(random.nextInt(waiting.size())), now);
        settle();
      }
    }

    void setLimit(int newLimit) {
      advance();
      limit = newLimit;
      giveBack(0);
      set.setLimit(newLimit, now);
      settle();
      checkNobodyIsKeptWaiting();
    }

    void setTerms(@Nullable BurstTerms newTerms) {
      advance();
      credit = newTerms == null ? 0 : Math.min(credit, most(newTerms));
      granted = newTerms == null ? 0 : granted;
      terms = newTerms;
      spent = 0;
      bound = credit;
      set.setBurst(newTerms, pool, now);
      settle();
      checkNobodyIsKeptWaiting();
    }

    void reconfigure() {
      advance();
      set.reconfigure(shape(), now);
      settle();
      checkNobodyIsKeptWaiting();
    }

    private void finish(RecordedRequest request) {
      advance();
      executing--;
      int held = request.seats;
      if (request.additionalLatencyNanos == 0) {
        giveBack(held);
      } else {
        at(QueueSet.lingerNanos(request), () -> lingerEnd(request, held));
      }
      assertThat(set.finish(request, now)).isTrue();
      settle();
      checkNobodyIsKeptWaiting();
    }

    private void lingerEnd(RecordedRequest request, int held) {
      advance();
      giveBack(held);
      assertThat(set.lingerEnd(request, now)).isTrue();
      settle();
      checkNobodyIsKeptWaiting();
    }

    private void at(long after, Runnable action) {
      agenda.add(new Due(now + after, order++, action));
    }

    /** L-61. */
    private void advance() {
      long nanos = now - last;
      last = now;
      if (terms == null) {
        return;
      }
      long earned = Math.max(0, terms.nominal() - inUse) * nanos;
      long used = granted * nanos;
      credit = Math.min(most(terms), credit + earned - used);
      spent += used - earned;
      // L-65: over every interval what was used is at most what was there and what was earned, and
      // debt
      assertThat(spent - bound).as("spent beyond what was saved").isLessThanOrEqualTo(debt());
      bound = Math.min(bound, spent + credit);
    }

    private long debt() {
      return 8 * LONGEST;
    }

    /** L-63. */
    private void giveBack(int seats) {
      inUse -= seats;
      granted = Math.min(granted, Math.max(0, inUse - limit));
    }

    /** Those decided in this step, in order: each must have been allowed its seats. */
    private void settle() {
      SeatRequest decided = set.takeDecided();
      for (SeatRequest next = decided; next != null; next = next.nextDecided) {
        RecordedRequest request = (RecordedRequest) next;
        if (request.state == RequestState.EXECUTING) {
          waiting.remove(request);
          start(request, widths.get((int) request.id));
        }
      }
      SeatRequest.deliver(decided);
      check();
    }

    private void start(RecordedRequest request, int width) {
      if (!isFree(width, request.queue != null)) {
        assertThat(terms).as("the level may burst").isNotNull();
        assertThat(mayGrant(width)).as("a burst of " + width).isTrue();
        granted += more(width);
        grants++;
        assertThat(request.seats).as("trimmed though there was room").isEqualTo(width);
      }
      inUse += request.seats;
      executing++;
      long longest = LONGEST - SECOND * 20;
      at(random.nextLong(random.nextInt(5) == 0 ? longest : 2 * SECOND), () -> finish(request));
    }

    /** Today's rule. */
    private boolean isFree(int width, boolean queued) {
      boolean some = queued ? inUse < limit : limit > 0;
      return some && (width > limit ? executing == 0 : inUse + width <= limit);
    }

    /** L-62. */
    private boolean mayGrant(int width) {
      int base = Math.max(limit, inUse - granted);
      return terms != null
          && idle.get()
          && credit >= width * SECOND
          && inUse + width <= base + terms.seats()
          && more(width) <= poolSeats - BurstModel.this.granted();
    }

    private int more(int width) {
      return inUse + width - Math.max(limit, inUse - granted) - granted;
    }

    private void check() {
      assertThat(set.seats.inUse).as("seats in use").isEqualTo(inUse);
      assertThat(pool.inUse()).as("of the pool").isEqualTo(BurstModel.this.granted());
      assertThat(pool.inUse()).isLessThanOrEqualTo(poolSeats);
      BurstState state = BurstState.of(set, now);
      if (terms == null) {
        assertThat(state).isNull();
      } else {
        assertThat(state.seatsInUse()).as("granted").isEqualTo(granted);
        assertThat(state.creditSeatNanos()).as("credit").isEqualTo(credit);
        assertThat(state.granted()).as("grants").isLessThanOrEqualTo(grants);
      }
    }

    /** Whoever is next has neither seats of the level nor a burst to hope for now. */
    private void checkNobodyIsKeptWaiting() {
      FlowQueue queue = set.queues.round.next();
      SeatRequest head = queue == null ? null : queue.waiting.first();
      if (head != null) {
        assertThat(isFree(head.seats, true)).as("its own seats are free").isFalse();
        assertThat(mayGrant(head.seats)).as("a burst would do").isFalse();
      }
    }

    /** L-65. */
    private void checkFullWhenIdle() {
      if (terms != null && terms.nominal() > 0 && credit >= 0) {
        long enough = most(terms) / terms.nominal() + 1;
        assertThat(BurstState.of(set, now + enough).creditSeatNanos()).isEqualTo(most(terms));
      }
    }
  }

  private static long most(BurstTerms terms) {
    return terms.seats() * (terms.seconds() * SECOND);
  }
}
