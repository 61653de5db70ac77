package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lower limit is reached by and by. */
@Tag("L-46")
class DescentTest {
  private static final long MS = 1_000_000;

  private long nextId;

  @Test
  void reachesALowerLimitByGivingOnEverySecondSeat() {
    QueueSet set = queues(2, 30);
    Deque<SeatRequest> elephant = elephant(set, 80);

    set.approachLimit(7, 0);
    SeatRequest mouse = arrive(set, 0, 1, 1);

    List<Integer> inUse = new ArrayList<>();
    for (int i = 1; i <= 50; i++) {
      set.finish(elephant.remove(), i * MS);
      inUse.add(set.seats.inUse);
      if (i == 2) {
        assertThat(mouse.state).as("its turn").isEqualTo(RequestState.EXECUTING);
      }
    }
    assertThat(inUse).startsWith(29, 29, 28, 28, 27, 27).endsWith(9, 9, 8, 7, 7, 7, 7, 7, 7, 7);
    assertThat(inUse.indexOf(7)).as("about twice as many as the seats").isEqualTo(43);
  }

  @Test
  void goesBackToAHigherLimitAtOnceThoughTheLowerOneWasNotReached() {
    QueueSet set = queues(1, 30);
    Deque<SeatRequest> elephant = elephant(set, 80);
    set.approachLimit(7, 0);
    for (int i = 0; i < 10; i++) {
      set.finish(elephant.remove(), MS);
    }

    set.setLimit(20, 2 * MS);
    assertThat(set.seats.inUse).as("as on the way down").isEqualTo(25);
    set.setLimit(30, 2 * MS);
    assertThat(set.seats.inUse).isEqualTo(30);
    set.finish(elephant.remove(), 3 * MS);

    assertThat(set.seats.inUse).as("no more than that").isEqualTo(30);
  }

  @Test
  void keepsOneSeatForWhoComesOnTheWayDownIfNobodyWaits() {
    for (int queues : List.of(0, 1)) {
      QueueSet set =
          new QueueSet(
              queues == 0 ? QueuingShape.REJECT : new QueuingShape(1, 1, 50),
              30,
              0,
              (nowNanos, seats) -> {});
      Deque<SeatRequest> elephant = elephant(set, 30);
      set.approachLimit(7, 0);
      for (int i = 0; i < 20; i++) {
        set.finish(elephant.remove(), MS);
      }

      arrive(set, 2 * MS, 0, 1);
      SeatRequest second = arrive(set, 2 * MS, 0, 1);

      assertThat(set.seats.inUse).isEqualTo(11);
      assertThat(second.state).isEqualTo(queues == 0 ? RequestState.REFUSED : RequestState.WAITING);
    }
  }

  @Test
  void letsSeatsGatherForAWideOneOnTheWayDown() {
    QueueSet set = queues(1, 30);
    Deque<SeatRequest> elephant = elephant(set, 30);
    SeatRequest wide = arrive(set, 0, 0, 5);
    arrive(set, 0, 0, 1);

    set.approachLimit(7, 0);
    for (int i = 0; i < 9; i++) {
      set.finish(elephant.remove(), MS);
    }
    assertThat(wide.state).isEqualTo(RequestState.WAITING);
    set.finish(elephant.remove(), MS);

    assertThat(wide.state).isEqualTo(RequestState.EXECUTING);
    assertThat(set.seats.inUse).isEqualTo(25);
  }

  /** So many of one flow, one seat each; those that execute, and those that will, in turn. */
  private Deque<SeatRequest> elephant(QueueSet set, int requests) {
    Deque<SeatRequest> all = new ArrayDeque<>();
    for (int i = 0; i < requests; i++) {
      all.add(arrive(set, 0, 0, 1));
    }
    return all;
  }

  private static QueueSet queues(int queues, int limit) {
    return new QueueSet(new QueuingShape(queues, 1, 50), limit, 0, (nowNanos, seats) -> {});
  }

  private SeatRequest arrive(QueueSet set, long nowNanos, long hash, int seats) {
    SeatRequest request = new RecordedRequest(nextId++, hash, seats, 0, 0);
    set.arrive(request, nowNanos);
    return request;
  }
}
