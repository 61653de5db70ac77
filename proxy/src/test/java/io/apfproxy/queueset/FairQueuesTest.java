package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who waits, whose turn it is, and by which virtual time; seats are given by whoever asks. */
class FairQueuesTest {
  private static final long SECOND = 1_000_000_000;
  private static final long SEAT_SECOND = 100_000_000;

  private final FairQueues queues = new FairQueues(0, new QueueTable(), new DispatchTree());
  private long nextId;

  FairQueuesTest() {
    queues.adopt(new QueuingShape(4, 1, 50));
  }

  private SeatRequest arrive(int queue, int seats) {
    SeatRequest request = new RecordedRequest(nextId++, queue, seats, 0, 0);
    FlowQueue chosen = queues.table.get(queue);
    request.queue = chosen;
    queues.enqueue(chosen, request);
    queues.round.rank(chosen);
    return request;
  }

  private void start(SeatRequest request, long nowNanos) {
    queues.take(request.queue, request);
    request.startNanos = nowNanos;
    queues.charge(request.queue, request);
  }

  private void end(SeatRequest request, long nowNanos, int wanted) {
    request.servedNanos = nowNanos;
    queues.served(request.queue, request);
    queues.giveBack(request.queue, request, wanted);
  }

  @Test
  void countsWhatWaitsAndInHowManyQueues() {
    SeatRequest first = arrive(0, 1);
    arrive(0, 2);
    SeatRequest other = arrive(3, 4);
    assertThat(List.of(queues.waiting, queues.seatsWaiting, queues.waitingQueues))
        .containsExactly(3, 7, 2);

    start(first, 0);
    queues.cancel(other.queue, other);

    assertThat(List.of(queues.waiting, queues.seatsWaiting, queues.waitingQueues))
        .containsExactly(1, 2, 1);
    assertThat(first.tally.waiting() + other.tally.waiting()).isZero();
  }

  @Test
  void virtualTimeIsWhatEachBusyQueueHasHadAndStandsStillWhileNoneIsBusy() {
    queues.advance(SECOND, 10);
    assertThat(queues.meter.r()).isZero();

    SeatRequest narrow = arrive(0, 2);
    SeatRequest wide = arrive(1, 6);
    queues.advance(2 * SECOND, 10);
    assertThat(queues.meter.r()).as("eight seats wanted of ten").isEqualTo(4 * SEAT_SECOND);
    queues.advance(3 * SECOND, 5);
    assertThat(queues.meter.r()).as("of five").isEqualTo(4 * SEAT_SECOND + 5 * SEAT_SECOND / 2);

    start(narrow, 3 * SECOND);
    end(narrow, 3 * SECOND, 4);
    queues.cancel(wide.queue, wide);
    queues.advance(9 * SECOND, 10);
    assertThat(queues.meter.r()).isEqualTo(4 * SEAT_SECOND + 5 * SEAT_SECOND / 2);
  }

  @Test
  void itIsTheTurnOfTheQueueThatWasChargedLeast() {
    List<SeatRequest> heavy = List.of(arrive(0, 3), arrive(0, 3));
    List<SeatRequest> light = List.of(arrive(1, 1), arrive(1, 1), arrive(1, 1));
    List<SeatRequest> order = new ArrayList<>();

    for (FlowQueue next = queues.next(); next != null; next = queues.next()) {
      SeatRequest head = next.waiting.first();
      start(head, 0);
      order.add(head);
    }

    assertThat(order)
        .containsExactly(light.get(0), light.get(1), heavy.get(0), light.get(2), heavy.get(1));
  }

  @Test
  void whatWasChargedTooMuchIsGivenBack() {
    SeatRequest request = arrive(2, 2);
    start(request, 0);
    assertThat(request.queue.nextDispatchR)
        .isEqualTo(SeatSeconds.of(2, SeatRequest.SERVICE_ESTIMATE_NANOS));

    end(request, 1_000_000, 4);

    assertThat(request.queue.nextDispatchR).isEqualTo(SeatSeconds.of(2, 1_000_000));
  }

  @Test
  void aSuperfluousQueueGoesWithItsLastSeats() {
    SeatRequest first = arrive(3, 1);
    SeatRequest second = arrive(3, 1);
    start(first, 0);
    start(second, 0);

    end(first, 0, 2);
    assertThat(queues.size()).isEqualTo(4);
    end(second, 0, 2);
    assertThat(queues.size()).isEqualTo(3);
  }
}
