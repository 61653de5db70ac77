package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Directed tests with numbers that follow from the rules, and what we do other than the reference.
 */
class QueueSetTest {
  private static final long MS = 1_000_000;

  private final List<Integer> demand = new ArrayList<>();
  private long nextId;

  @Test
  void advancesByDemandAsLongAsThatIsBelowTheLimit() {
    QueueSet set = queues(2, 10);
    arrive(set, 0, 0, 1);
    arrive(set, 500 * MS, 1, 4);
    assertThat(set.queues.meter.r()).isEqualTo(50_000_000);
    set.setLimit(10, 1_000 * MS);
    assertThat(set.queues.meter.r()).isEqualTo(175_000_000);
  }

  @Test
  void servesEqualQueuesInTheRoundAfterTheLastOne() {
    QueueSet set = queues(3, 1);
    SeatRequest blocker = arrive(set, 0, 0, 1);
    List<SeatRequest> waiting = new ArrayList<>();
    for (int queue = 0; queue < 3; queue++) {
      waiting.add(arrive(set, MS, queue, 1));
      waiting.add(arrive(set, MS, queue, 1));
    }

    List<Integer> order = new ArrayList<>();
    SeatRequest running = blocker;
    for (int i = 1; i <= 6; i++) {
      set.finish(running, 10L * i * MS);
      running = waiting.stream().filter(r -> r.state == RequestState.EXECUTING).findFirst().get();
      order.add(running.queue.index);
    }

    assertThat(order).containsExactly(1, 2, 0, 1, 2, 0);
  }

  @Test
  void startsAnIdleQueueAtTheVirtualTimeOfNow() {
    QueueSet set = queues(2, 2);
    SeatRequest a1 = arrive(set, 0, 0, 1);
    SeatRequest a2 = arrive(set, 0, 0, 1);
    SeatRequest b1 = arrive(set, 0, 1, 1);
    set.finish(a1, 10_000 * MS);
    set.finish(a2, 10_000 * MS);
    assertThat(b1.state).isEqualTo(RequestState.EXECUTING);
    assertThat(set.queues.meter.r()).isEqualTo(1_000_000_000);
    assertThat(a1.queue.nextDispatchR).isEqualTo(2_000_000_000);

    SeatRequest a3 = arrive(set, 10_500 * MS, 0, 1);
    assertThat(a3.arrivalR).isEqualTo(1_050_000_000);
    assertThat(a3.queue.nextDispatchR).isEqualTo(1_050_300_000);
  }

  @Test
  void runsARequestWiderThanTheLevelOnlyBesideNothing() {
    QueueSet set = queues(2, 6);
    SeatRequest x = arrive(set, 0, 0, 1);
    SeatRequest wide = arrive(set, MS, 1, 7);
    assertThat(wide.state).isEqualTo(RequestState.WAITING);

    set.finish(x, 10 * MS);
    assertThat(wide.state).isEqualTo(RequestState.EXECUTING);
    SeatRequest y = arrive(set, 11 * MS, 0, 1);
    assertThat(y.state).isEqualTo(RequestState.WAITING);
    set.finish(wide, 15 * MS);
    assertThat(y.state).isEqualTo(RequestState.EXECUTING);
  }

  @Test
  void runsARequestWiderThanTheLevelBesideLingeringSeats() {
    QueueSet set = queues(2, 6);
    SeatRequest lingering = arrive(set, 0, 0, 1, 5, 20 * MS);
    set.finish(lingering, MS);

    SeatRequest wide = arrive(set, 2 * MS, 1, 7);

    assertThat(lingering.state).isEqualTo(RequestState.LINGERING);
    assertThat(wide.state).isEqualTo(RequestState.EXECUTING);
    assertThat(set.seats.inUse).isEqualTo(12);
  }

  @Test
  void choosesTheQueueWithTheLeastWorkWaiting() {
    QueueSet set = new QueueSet(new QueuingShape(2, 2, 50), 1, 0, this::note);
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i <= 15; i++) {
      chosen.add(arrive(set, i, 0, i == 1 ? 10 : 1).queue.index);
    }
    assertThat(chosen).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1);
  }

  @Test
  void letsAQueueGrowBeyondItsLimitWhileSeatsAreFree() {
    QueueSet set = new QueueSet(new QueuingShape(1, 1, 1), 5, 0, this::note);
    arrive(set, 0, 0, 3);
    arrive(set, 1, 0, 5);
    for (int i = 0; i < 10; i++) {
      assertThat(arrive(set, 2 + i, 0, 1).state).isEqualTo(RequestState.WAITING);
    }
    assertThat(Replay.rows(set).get(0).waiting()).isEqualTo(11);
  }

  @Test
  void refusesWhenItsQueueIsFullAndNoSeatIsFree() {
    QueueSet set = new QueueSet(new QueuingShape(1, 1, 1), 3, 0, this::note);
    arrive(set, 0, 0, 3);
    arrive(set, 1, 0, 5);
    for (int i = 0; i < 10; i++) {
      assertThat(arrive(set, 2 + i, 0, 1).refusal).isEqualTo(Refusal.QUEUE_FULL);
    }
  }

  @Test
  void knowsOfARefusedRequestWhatItFound() {
    QueueSet set = new QueueSet(new QueuingShape(2, 1, 1), 3, 0, this::note);
    arrive(set, 0, 1, 3);
    SeatRequest waiting = arrive(set, 1, 1, 5);

    SeatRequest refused = arrive(set, 2, 1, 1);
    set.setLimit(2, 3);
    set.cancel(waiting, 4);

    assertThat(found(refused)).containsExactly(3, 3, 1, 1);
    assertThat(found(waiting)).as("it has left its queue").containsExactly(3, 2, 1, 0);
    QueueSet without = new QueueSet(QueuingShape.REJECT, 1, 0, this::note);
    assertThat(found(arrive(without, 0, 0, 1))).as("not refused").containsExactly(0, 0, -1, 0);
    assertThat(found(arrive(without, 1, 0, 1))).containsExactly(1, 1, -1, 0);
  }

  private static List<Integer> found(SeatRequest request) {
    return List.of(
        request.seatsInUseAtRefusal(),
        request.limitAtRefusal(),
        request.queueAtRefusal(),
        request.queueLengthAtRefusal());
  }

  @Test
  void holdsTheLargerWidthButChargesTheInitialOne() {
    QueueSet set = queues(1, 5);
    SeatRequest request = arrive(set, 0, 0, 1, 4, 0);
    assertThat(set.seats.inUse).isEqualTo(4);
    assertThat(request.queue.nextDispatchR).isEqualTo(300_000);

    set.finish(request, 10 * MS);
    assertThat(request.queue.nextDispatchR).isEqualTo(1_000_000);
    assertThat(set.queues.meter.r()).isEqualTo(4_000_000);
  }

  @Test
  void doesNotLetAQueueSaveUpWhatItDidNotUse() {
    QueueSet set = queues(2, 4);
    SeatRequest a1 = arrive(set, 0, 0, 1);
    for (int i = 0; i < 3; i++) {
      arrive(set, 0, 1, 1);
    }
    SeatRequest a2 = arrive(set, 9_000 * MS, 0, 1);
    assertThat(a2.queue.nextDispatchR).isEqualTo(1_800_000_000);
    set.finish(a1, 10_000 * MS);
    assertThat(a2.state).isEqualTo(RequestState.EXECUTING);
    assertThat(a2.queue.nextDispatchR).isEqualTo(2_800_000_000L);
  }

  @Test
  void takesBackTheWaitingSeatsOfATrimmedRequestAsTheyWereCounted() {
    QueueSet set = queues(2, 3);

    SeatRequest trimmed = arrive(set, 0, 0, 1, 5, 5 * MS);

    assertThat(trimmed.finalSeats).isEqualTo(3);
    assertThat(trimmed.additionalLatencyNanos).isEqualTo(8_333_333);
    assertThat(set.queues.seatsWaiting).isZero();
    assertThat(trimmed.tally.waitingSeats).isZero();
    assertThat(demand).containsExactly(5, 3);
    set.finish(trimmed, MS);
    set.lingerEnd(trimmed, 10 * MS);
    assertThat(demand).endsWith(0);
    assertThat(trimmed.tally.executingSeats).isZero();
  }

  @Test
  void letsRequestsQueueWhenTheLimitIsZero() {
    QueueSet set = new QueueSet(new QueuingShape(1, 1, 2), 0, 0, this::note);
    SeatRequest first = arrive(set, 0, 0, 1);
    SeatRequest wide = arrive(set, 1, 0, 4);

    assertThat(arrive(set, 2, 0, 1).refusal).isEqualTo(Refusal.QUEUE_FULL);
    assertThat(demand).containsExactly(1, 5);
    assertThat(set.tally.dispatched).isZero();

    set.setLimit(1, 3);
    assertThat(first.state).isEqualTo(RequestState.EXECUTING);
    set.finish(first, 4);
    assertThat(wide.state).isEqualTo(RequestState.EXECUTING);
  }

  @Test
  void refusesWithoutQueuesWhenTheLimitIsZeroButWantsTheWidestOnesSeats() {
    QueueSet set = new QueueSet(QueuingShape.REJECT, 0, 0, this::note);
    for (int seats : List.of(1, 3, 2, 3)) {
      assertThat(arrive(set, 0, 0, seats).refusal).isEqualTo(Refusal.CONCURRENCY_LIMIT);
    }
    assertThat(set.isIdle()).isTrue();
    assertThat(demand).containsExactly(1, 3);

    set.setLimit(0, 1);
    assertThat(demand).containsExactly(1, 3, 0);
    set.setLimit(2, 2);
    assertThat(arrive(set, 3, 0, 2).state).isEqualTo(RequestState.EXECUTING);
    assertThat(arrive(set, 4, 0, 1).refusal).isEqualTo(Refusal.CONCURRENCY_LIMIT);
    assertThat(demand).containsExactly(1, 3, 0, 2);
  }

  @Test
  void keepsWhatWaitsWhenTheLimitFallsToZero() {
    QueueSet set = queues(1, 1);
    SeatRequest first = arrive(set, 0, 0, 1);
    SeatRequest second = arrive(set, 1, 0, 1);

    set.setLimit(0, 2);
    set.finish(first, 3);
    assertThat(second.state).isEqualTo(RequestState.WAITING);

    set.setLimit(1, 4);
    assertThat(second.state).isEqualTo(RequestState.EXECUTING);
  }

  @Test
  void removesDrainedQueuesOfASmallerConfigurationAndMovesTheRestDown() {
    QueueSet set = queues(4, 3);
    SeatRequest at0 = arrive(set, 0, 0, 1);
    SeatRequest at2 = arrive(set, 0, 2, 1);
    SeatRequest blocking = arrive(set, 0, 3, 1);
    SeatRequest at3 = arrive(set, 0, 3, 1);
    assertThat(at3.state).isEqualTo(RequestState.WAITING);

    set.reconfigure(new QueuingShape(2, 1, 50), 1);
    assertThat(set.queues.size()).isEqualTo(4);
    set.setLimit(2, 2);
    set.finish(at0, 3);
    assertThat(set.queues.size()).isEqualTo(3);
    assertThat(List.of(at2.queue.index, at3.queue.index)).containsExactly(1, 2);
    set.finish(at2, 4);
    assertThat(set.queues.size()).isEqualTo(2);
    assertThat(at3.queue.index).isEqualTo(1);
    assertThat(at3.state).isEqualTo(RequestState.EXECUTING);

    SeatRequest newcomer = arrive(set, 5, 1, 1);
    assertThat(newcomer.queue).isSameAs(at3.queue);
    assertThat(blocking.queue).isSameAs(at3.queue);
  }

  @Test
  void removesAQueueOnceEvenIfSeveralOfItsRequestsLinger() {
    QueueSet set = queues(4, 6);
    SeatRequest first = arrive(set, 0, 1, 1, 1, 50 * MS);
    SeatRequest second = arrive(set, 1, 1, 1, 1, 60 * MS);
    SeatRequest elsewhere = arrive(set, 2, 2, 4);
    SeatRequest waiting = arrive(set, 3, 3, 1);
    set.reconfigure(new QueuingShape(2, 1, 50), 4);
    set.finish(first, 5 * MS);
    set.finish(second, 6 * MS);

    set.lingerEnd(first, 55 * MS);
    assertThat(set.queues.size()).as("second still holds its seat").isEqualTo(4);
    set.lingerEnd(second, 66 * MS);

    assertThat(set.queues.size()).isEqualTo(3);
    assertThat(List.of(elsewhere.queue.index, waiting.queue.index)).containsExactly(1, 2);
    assertThat(set.lingerEnd(second, 67 * MS)).isFalse();
    assertThat(waiting.state).isEqualTo(RequestState.EXECUTING);
    set.finish(elsewhere, 70 * MS);
    set.finish(waiting, 71 * MS);
    assertThat(set.isIdle()).isTrue();
    assertThat(set.seats.inUse).isZero();
  }

  @Test
  void neverWrapsAVirtualStartBelowZeroAtARebase() {
    QueueSet set = queues(2, 10_000_000);
    SeatRequest early = arrive(set, 0, 0, 10);
    SeatRequest wide = arrive(set, 1, 1, 9_999_990);
    long now = 0;
    while (set.tally.epochAdvances == 0) {
      now += 3_600_000 * MS;
      set.setLimit(10_000_000, now);
    }
    assertThat(set.tally.epochAdvancesClamped).isEqualTo(1);
    assertThat(early.queue.nextDispatchR).isZero();
    assertThat(wide.queue.nextDispatchR).isZero();
  }

  @Test
  void finishesAndCancelsOnlyOnce() {
    QueueSet set = queues(1, 1);
    SeatRequest running = arrive(set, 0, 0, 1);
    SeatRequest waiting = arrive(set, 1, 0, 1);

    assertThat(set.cancel(running, 2)).isFalse();
    assertThat(set.finish(waiting, 3)).isFalse();
    assertThat(set.cancel(waiting, 4)).isTrue();
    assertThat(set.cancel(waiting, 5)).isFalse();
    assertThat(set.finish(running, 6)).isTrue();
    assertThat(set.finish(running, 7)).isFalse();
    assertThat(set.seats.inUse).isZero();
    assertThatThrownBy(() -> set.arrive(running, 8)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void dispatchesFromThousandsOfBusyQueuesWithoutWalkingThem() {
    int[] looks = {0};
    QueueTable table =
        new QueueTable() {
          @Override
          FlowQueue peek(int index) {
            looks[0]++;
            return super.peek(index);
          }
        };
    int[] reads = {0};
    DispatchTree tree =
        new DispatchTree() {
          @Override
          long read(long[] nodes, int node) {
            reads[0]++;
            return super.read(nodes, node);
          }
        };
    int queues = 4_096;
    QueueSet set = new QueueSet(new QueuingShape(queues, 1, 50), 1, 0, this::note, table, tree);
    SeatRequest running = arrive(set, 0, 0, 1);
    for (int i = 0; i < queues; i++) {
      arrive(set, 1, i, 1);
    }
    for (int i = 0; i < 100; i++) {
      looks[0] = 0;
      reads[0] = 0;
      set.finish(running, 2 + i);
      assertThat(looks[0]).as("queues looked at").isLessThanOrEqualTo(2);
      assertThat(reads[0]).as("nodes of the tree read").isLessThan(100);
      running = set.takeDecided();
      while (running.nextDecided != null) {
        running = running.nextDecided;
      }
    }
  }

  @Tag("S65")
  @Test
  void countsTenMillionQueuesWithoutMakingThem() {
    QueueSet set = new QueueSet(new QueuingShape(10_000_000, 2, 50), 1, 0, this::note);
    for (int i = 0; i < 3; i++) {
      arrive(set, i, Long.MAX_VALUE / (i + 1), 1);
    }
    assertThat(QueueSetState.of(set).queues()).isEqualTo(10_000_000);
    assertThat(Replay.rows(set)).hasSizeBetween(2, 3);
  }

  private QueueSet queues(int queues, int limit) {
    return new QueueSet(new QueuingShape(queues, 1, 50), limit, 0, this::note);
  }

  private void note(long nowNanos, int seats) {
    demand.add(seats);
  }

  private SeatRequest arrive(QueueSet set, long nowNanos, long hash, int seats) {
    return arrive(set, nowNanos, hash, seats, 0, 0);
  }

  private SeatRequest arrive(
      QueueSet set, long nowNanos, long hash, int seats, int finalSeats, long latencyNanos) {
    SeatRequest request = new RecordedRequest(nextId++, hash, seats, finalSeats, latencyNanos);
    set.arrive(request, nowNanos);
    return request;
  }
}
