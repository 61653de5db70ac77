package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a level saves and spends beyond its limit, in virtual time: limits.md L-61 to L-65. */
class BurstCreditTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int RUNS = 1_000;
  private static final int STEPS = 60;

  private final List<SeatRequest> executing = new ArrayList<>();
  private boolean idle = true;
  private BurstSeats pool = new BurstSeats(20, () -> idle);
  private long nextId;

  /** L-61 to L-65, step by step against a model of the rules. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void spendsNoMoreThanWasSavedWhateverHappens(long seed) {
    System.out.println("burst credit, " + RUNS + " random runs, seed " + seed);
    Random random = new Random(seed);
    long granted = 0;
    for (int i = 0; i < RUNS; i++) {
      BurstModel run = new BurstModel(random.nextLong());
      for (int step = 0; step < STEPS; step++) {
        run.step();
      }
      granted += run.drain();
    }
    assertThat(granted).as("requests that got seats beyond a limit").isGreaterThan(RUNS);
  }

  /** L-61. */
  @Test
  void beginsWithNothing() {
    QueueSet set = level(10, terms(5, 10));

    arrive(set, 0, 10);
    SeatRequest late = arrive(set, 0, 1);

    assertThat(late.state).isEqualTo(RequestState.WAITING);
    assertThat(BurstState.of(set, 0)).isEqualTo(state(0, 50, 0, 0, BurstDenial.CREDIT));
  }

  /** L-61: 10 of its own, of which 8 are unused; 50 seat-seconds at most. */
  @Test
  void savesWhatItLeavesUnusedOfItsOwn() {
    QueueSet set = level(10, terms(5, 10));
    arrive(set, 0, 2);

    assertThat(saved(set, 3)).isEqualTo(24 * SECOND);
    assertThat(saved(set, 6)).isEqualTo(48 * SECOND);
    assertThat(saved(set, 7)).isEqualTo(50 * SECOND);
    assertThat(saved(set, 100_000_000_000L)).isEqualTo(50 * SECOND);
  }

  /** L-62, L-63: a second for each seat to begin with, then what is really used. */
  @Test
  void getsSeatsBeyondItsLimitForWhatItSaved() {
    QueueSet set = level(10, terms(5, 10));
    set.setLimit(10, 10 * SECOND);

    arrive(set, 10 * SECOND, 10);
    SeatRequest beyond = arrive(set, 10 * SECOND, 3);
    assertThat(beyond.state).isEqualTo(RequestState.EXECUTING);
    assertThat(pool.inUse()).isEqualTo(3);
    set.finish(beyond, 12 * SECOND);

    assertThat(pool.inUse()).isZero();
    assertThat(saved(set, 12)).isEqualTo((50 - 3 * 2) * SECOND);
  }

  /** L-61: nobody is interrupted; what is owed must be earned back first. */
  @Test
  void owesWhatItsRequestsGoOnToUse() {
    QueueSet set = level(10, terms(5, 1));
    set.setLimit(10, 10 * SECOND);
    SeatRequest own = arrive(set, 10 * SECOND, 10);
    SeatRequest beyond = arrive(set, 10 * SECOND, 5);
    assertThat(saved(set, 12)).isEqualTo(-5 * SECOND);
    set.finish(beyond, 12 * SECOND);
    set.finish(own, 12 * SECOND);
    assertThat(saved(set, 13)).isEqualTo(5 * SECOND);
  }

  /** L-62: each reason, in the order in which they are looked at. */
  @Test
  void saysWhyItGrantsNothing() {
    QueueSet set = new QueueSet(QueuingShape.REJECT, 10, 0, (nanos, seats) -> {});
    set.setBurst(terms(5, 1), pool, 0);
    set.setLimit(10, 10 * SECOND);
    arrive(set, 10 * SECOND, 10);

    arrive(set, 10 * SECOND, 6);
    set.setBurst(terms(5, 2), pool, 10 * SECOND);
    idle = false;
    arrive(set, 10 * SECOND, 1);
    idle = true;
    assertThat(pool.take(19)).isTrue();
    arrive(set, 10 * SECOND, 2);
    arrive(set, 10 * SECOND, 1);
    pool.give(19);
    set.setBurst(terms(1, 600), pool, 10 * SECOND);
    arrive(set, 10 * SECOND, 1);

    assertThat(BurstState.of(set, 10 * SECOND).denied())
        .containsEntry(BurstDenial.CREDIT, 1L)
        .containsEntry(BurstDenial.UPSTREAM, 1L)
        .containsEntry(BurstDenial.POOL, 1L)
        .containsEntry(BurstDenial.SEATS, 1L);
    assertThat(BurstState.of(set, 10 * SECOND).granted()).isEqualTo(1);
  }

  /** L-61: what was saved under other terms is kept, as far as it fits. */
  @Test
  void keepsWhatItSavedWhenItsTermsChange() {
    QueueSet set = level(10, terms(5, 10));
    set.setLimit(10, 10 * SECOND);
    set.setBurst(terms(10, 10), pool, 10 * SECOND);
    assertThat(saved(set, 10)).isEqualTo(50 * SECOND);
    set.setBurst(terms(2, 10), pool, 10 * SECOND);
    assertThat(saved(set, 10)).isEqualTo(20 * SECOND);
  }

  /** L-63: they keep their seats, but these come from nowhere any more. */
  @Test
  void givesBackAllWhenItMayBurstNoLonger() {
    QueueSet set = level(10, terms(5, 10));
    set.setLimit(10, 10 * SECOND);
    arrive(set, 10 * SECOND, 10);
    arrive(set, 10 * SECOND, 4);

    set.setBurst(null, pool, 11 * SECOND);

    assertThat(pool.inUse()).isZero();
    assertThat(set.seats.inUse).isEqualTo(14);
    assertThat(BurstState.of(set, 11 * SECOND)).isNull();
    executing.forEach(request -> set.finish(request, 12 * SECOND));
    assertThat(pool.inUse()).isZero();
  }

  /** L-62: what waited gets what was saved since, before whoever comes now. */
  @Test
  void spendsForThoseWhoCameBefore() {
    QueueSet set = level(10, terms(5, 10));
    arrive(set, 0, 10);
    SeatRequest first = arrive(set, 0, 2);
    set.setLimit(9, 0); // one of its own is lent: its place is saved for
    set.setBurst(new BurstTerms(5, 10, 12), pool, 0);

    SeatRequest second = arrive(set, SECOND, 1);

    assertThat(first.state).isEqualTo(RequestState.EXECUTING);
    assertThat(second.state).isEqualTo(RequestState.EXECUTING);
  }

  /** L-65. */
  @Test
  void sharesThePoolWithOtherLevels() {
    pool = new BurstSeats(3, () -> true);
    QueueSet one = level(10, terms(5, 10));
    QueueSet other = level(10, terms(5, 10));
    one.setLimit(10, 10 * SECOND);
    other.setLimit(10, 10 * SECOND);
    arrive(one, 10 * SECOND, 10);
    arrive(other, 10 * SECOND, 10);

    SeatRequest first = arrive(one, 10 * SECOND, 2);
    assertThat(arrive(other, 10 * SECOND, 2).state).isEqualTo(RequestState.WAITING);
    one.finish(first, 11 * SECOND);
    other.setLimit(10, 11 * SECOND);

    assertThat(pool.inUse()).isEqualTo(2);
    assertThat(other.queues.waiting).isZero();
  }

  private QueueSet level(int limit, BurstTerms terms) {
    QueueSet set = new QueueSet(new QueuingShape(4, 1, 10), limit, 0, (nanos, seats) -> {});
    set.setBurst(terms, pool, 0);
    return set;
  }

  private static BurstTerms terms(int seats, int seconds) {
    return new BurstTerms(seats, seconds, 10);
  }

  private static BurstState state(
      long credit, long most, int seats, long granted, BurstDenial denied) {
    java.util.Map<BurstDenial, Long> counts = new java.util.EnumMap<>(BurstDenial.class);
    for (BurstDenial why : BurstDenial.values()) {
      counts.put(why, why == denied ? 1L : 0L);
    }
    return new BurstState(credit * SECOND, most * SECOND, seats, granted, counts, denied);
  }

  private SeatRequest arrive(QueueSet set, long nanos, int seats) {
    RecordedRequest request = new RecordedRequest(nextId++, 0, seats, 0, 0);
    set.arrive(request, nanos);
    SeatRequest.deliver(set.takeDecided());
    if (request.state == RequestState.EXECUTING) {
      executing.add(request);
    }
    return request;
  }

  private static long saved(QueueSet set, long second) {
    return BurstState.of(set, second * SECOND).creditSeatNanos();
  }
}
