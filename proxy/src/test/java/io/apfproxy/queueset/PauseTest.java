package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a request costs its queue that has its seats while the upstream is away. */
@Tag("L-91")
class PauseTest {
  private static final long MS = 1_000_000;
  private static final long SEAT_SECOND = 100_000_000;
  private static final long AWAY = 1_000 * MS;
  private static final long BACK = 3_000 * MS;

  private final List<SeatRequest> all = new ArrayList<>();

  private QueueSet queues(int queues, int limit) {
    return new QueueSet(new QueuingShape(queues, 1, 1_000), limit, 0, (now, seats) -> {});
  }

  private SeatRequest arrive(QueueSet set, long nowNanos, int queue, int seats) {
    SeatRequest request = new RecordedRequest(all.size(), queue, seats, 0, 0);
    all.add(request);
    set.arrive(request, nowNanos);
    return request;
  }

  @Test
  void isNotChargedForTheTimeInWhichNobodyServedIt() {
    QueueSet set = queues(2, 4);
    SeatRequest wide = arrive(set, 0, 0, 2);
    assertThat(set.pause(wide, 10 * MS)).isTrue();
    assertThat(set.pause(wide, 11 * MS)).as("is paused already").isFalse();
    assertThat(set.resume(wide, 2_010 * MS)).isTrue();
    assertThat(set.resume(wide, 2_011 * MS)).as("is served already").isFalse();
    set.pause(wide, 2_020 * MS);
    set.resume(wide, 3_000 * MS);

    set.finish(wide, 3_005 * MS);

    assertThat(wide.queue.nextDispatchR).isEqualTo(SeatSeconds.of(2, 25 * MS));
    assertThat(wide.heldNanos(0)).as("seats were held").isEqualTo(3_005 * MS);
  }

  @Test
  void isNotChargedForItWhenItEndsUnserved() {
    QueueSet set = queues(2, 4);
    SeatRequest refused = arrive(set, 0, 0, 1);
    set.pause(refused, MS);
    set.finish(refused, 15_000 * MS);

    assertThat(refused.queue.nextDispatchR).isEqualTo(SeatSeconds.of(1, MS));
    assertThat(set.resume(refused, 15_001 * MS)).isFalse();
    assertThat(set.queues.meter.r()).isEqualTo(SeatSeconds.of(1, MS));

    arrive(set, 20_000 * MS, 1, 1);
    set.setLimit(4, 21_000 * MS);
    assertThat(set.queues.meter.r()).as("goes on").isEqualTo(SeatSeconds.of(1, 1_001 * MS));
  }

  @Test
  void virtualTimePassesForWhatIsServedBesideIt() {
    QueueSet set = queues(2, 3);
    SeatRequest paused = arrive(set, 0, 0, 2);
    SeatRequest served = arrive(set, 0, 1, 1);
    arrive(set, 0, 1, 1);
    set.pause(paused, 0);
    set.setLimit(3, 1_000 * MS);
    assertThat(set.queues.meter.r()).as("one seat of two queues").isEqualTo(SEAT_SECOND / 2);

    set.setLimit(1, 1_000 * MS); // few seats at first: three are in use, and one of them serves
    set.setLimit(1, 2_000 * MS);
    assertThat(set.queues.meter.r()).isEqualTo(SEAT_SECOND);

    set.pause(served, 2_000 * MS);
    set.setLimit(1, 9_000 * MS);
    assertThat(set.queues.meter.r()).as("nobody is served").isEqualTo(SEAT_SECOND);

    set.resume(paused, 9_000 * MS);
    set.resume(served, 9_000 * MS);
    set.setLimit(1, 10_000 * MS);
    assertThat(set.queues.meter.r()).as("as ever").isEqualTo(SEAT_SECOND + SEAT_SECOND / 2);
  }

  @Test
  void onlyWhatExecutesInAQueuesTurnIsPaused() {
    QueueSet set = queues(1, 1);
    SeatRequest executing = arrive(set, 0, 0, 1);
    SeatRequest waiting = arrive(set, 0, 0, 1);
    QueueSet without = new QueueSet(QueuingShape.REJECT, 1, 0, (now, seats) -> {});
    QueueSet exempt = new QueueSet(QueuingShape.EXEMPT, 0, 0, (now, seats) -> {});

    assertThat(set.pause(waiting, 0)).isFalse();
    assertThat(set.resume(executing, 0)).isFalse();
    assertThat(without.pause(arrive(without, 0, 0, 1), 0)).isFalse();
    assertThat(exempt.pause(arrive(exempt, 0, 0, 1), 0)).isFalse();
  }

  /**
   * Five elephants and a mouse share three seats, and for two seconds whoever has one is not
   * served. Those wait no longer afterwards than others, nor does one that comes only then.
   */
  @Test
  void whoHadSeatsWhileNobodyWasServedIsNotBehindAfterwards() {
    Traffic traffic = new Traffic();
    traffic.run(8_000 * MS);

    assertThat(traffic.pausedFlows)
        .as("flows that had seats meanwhile")
        .contains((long) Traffic.MOUSE);
    assertThat(traffic.longestWait(Traffic.MOUSE)).isLessThan(400 * MS);
    assertThat(traffic.longestWait(Traffic.NEWCOMER)).isLessThan(400 * MS);
    for (int elephant = 0; elephant < Traffic.ELEPHANTS; elephant++) {
      assertThat(traffic.servedSoon(elephant))
          .as("elephant %d in the first second", elephant)
          .isCloseTo(traffic.servedSoon(0), within(3L));
    }
  }

  private final class Traffic {
    private static final int ELEPHANTS = 5;
    private static final int MOUSE = 5;
    private static final int NEWCOMER = 6;

    private record Event(long at, long number, Runnable what) {}

    private final QueueSet set = queues(7, 3);
    private final PriorityQueue<Event> events =
        new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private final List<SeatRequest> executing = new ArrayList<>();
    private final List<SeatRequest> ended = new ArrayList<>();
    private final List<Long> pausedFlows = new ArrayList<>();
    private long now;
    private long number;

    private void at(long nanos, Runnable what) {
      events.add(new Event(nanos, number++, what));
    }

    private boolean isAway() {
      return now >= AWAY && now < BACK;
    }

    private void run(long until) {
      for (int elephant = 0; elephant < ELEPHANTS; elephant++) {
        for (int i = 0; i < 20; i++) {
          come(elephant);
        }
      }
      at(49 * MS, () -> mouse(MOUSE)); // also just before it is away, when it must wait
      at(AWAY, () -> List.copyOf(executing).forEach(this::end));
      at(BACK, () -> List.copyOf(executing).forEach(this::goOn));
      at(BACK + 10 * MS, () -> mouse(NEWCOMER));
      while (!events.isEmpty() && events.peek().at < until) {
        Event next = events.poll();
        now = next.at;
        next.what.run();
      }
    }

    private void mouse(int flow) {
      come(flow);
      at(now + 50 * MS, () -> mouse(flow));
    }

    private void come(int flow) {
      arrive(set, now, flow, 1);
      settle();
    }

    private void settle() {
      for (SeatRequest r = set.takeDecided(); r != null; r = r.nextDecided) {
        SeatRequest started = r;
        executing.add(started);
        if (isAway()) {
          set.pause(started, now);
          pausedFlows.add(started.flowHash);
        } else {
          serve(started);
        }
      }
    }

    private void serve(SeatRequest request) {
      long service = request.flowHash < ELEPHANTS ? 30 * MS : 3 * MS;
      at(now + service, () -> end(request));
    }

    private void goOn(SeatRequest request) {
      set.resume(request, now);
      serve(request);
    }

    private void end(SeatRequest request) {
      if (!executing.remove(request)) {
        return;
      }
      set.finish(request, now);
      ended.add(request);
      settle();
      if (request.flowHash < ELEPHANTS) {
        come((int) request.flowHash);
      }
    }

    /** After it is back. */
    private long longestWait(long flow) {
      return all.stream()
          .filter(request -> request.flowHash == flow)
          .mapToLong(
              request ->
                  (request.state == RequestState.WAITING ? now : request.startNanos)
                      - Math.max(BACK, request.arrivalNanos))
          .max()
          .orElseThrow();
    }

    private long servedSoon(long flow) {
      return ended.stream()
          .filter(request -> request.flowHash == flow)
          .filter(request -> request.servedNanos > BACK && request.servedNanos < BACK + 1_000 * MS)
          .count();
    }
  }
}
