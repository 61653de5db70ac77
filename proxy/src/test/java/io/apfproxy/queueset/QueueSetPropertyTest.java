package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.queueset.FairnessScenario.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever happens: random lives of a queue set, in virtual time, by a seed. */
class QueueSetPropertyTest {
  private static final long HOUR = 3_600_000_000_000L;
  private static final int STEPS = 20_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverLosesARequestNorGivesASeatTwice(long seed) {
    RandomLife life = new RandomLife(seed);
    for (int i = 0; i < STEPS; i++) {
      life.step();
    }
    life.drain();
  }

  @Test
  void keepsVirtualTimeFarFromItsEndForAYear() {
    QueueSetState state = year(600, 150).state();

    assertThat(state.epochAdvances()).isZero();
    // two busy queues share 600 seats: 300 seats for a year of seconds, in units of 1e-8
    assertThat(state.currentR()).isBetween(900_000_000_000_000_000L, 960_000_000_000_000_000L);
  }

  @Test
  void staysFairOverAYearOfRebases() {
    FairnessScenario.Outcome outcome = year(10_000_000, 2_500_000);

    assertThat(outcome.state().epochAdvances()).isGreaterThan(1_000);
    assertThat(outcome.state().epochAdvancesClamped()).isZero();
    assertThat(outcome.seats().get(0))
        .allSatisfy(seats -> assertThat(seats).isBetween(4_950_000.0, 5_050_000.0));
  }

  /** Two flows that always have something waiting, in a level that is always full. */
  private static FairnessScenario.Outcome year(int limit, int seats) {
    int calls = 24 * 365 / 4;
    FairnessScenario.Outcome outcome =
        new FairnessScenario(
                "a year",
                new QueuingShape(9, 1, 8),
                limit,
                24 * 365 * HOUR,
                List.of(
                    Client.of(1001001001L, 8, calls, HOUR, HOUR).seats(seats),
                    Client.of(2002002002L, 8, calls, HOUR, HOUR).seats(seats)))
            .run(() -> 0);
    assertThat(outcome.rejects()).containsOnly(0);
    return outcome;
  }

  /** Operations at random, and a model of what they must have done. */
  private static final class RandomLife {
    private static final int MOST_SEATS = 12;

    private final Random random;
    private final List<RecordedRequest> requests = new ArrayList<>();
    private final List<Integer> widths = new ArrayList<>();
    private final List<RecordedRequest> waiting = new ArrayList<>();
    private final List<RecordedRequest> executing = new ArrayList<>();
    private final List<RecordedRequest> lingering = new ArrayList<>();
    private final List<RecordedRequest> paused = new ArrayList<>();
    private final QueueSet set;
    private long now;
    private int published;
    private int denied;
    private int halvesBeyond; // of seats, on the way down to a lower limit

    RandomLife(long seed) {
      System.out.println("queue set, random life, seed " + seed);
      this.random = new Random(seed);
      this.set = new QueueSet(shape(), 5, 0, (nanos, seats) -> published = seats);
    }

    void step() {
      now += random.nextInt(4) == 0 ? 0 : random.nextInt(5_000_000);
      long expectedR = expectedR();
      boolean synced = operate(random.nextInt(100));
      if (synced) {
        assertThat(set.queues.meter.r()).as("R").isEqualTo(expectedR);
      }
      List<RecordedRequest> started = settle();
      checkSeats(started);
      checkTotals();
    }

    private boolean operate(int choice) {
      if (choice < 45) {
        arrive();
        return true;
      } else if (choice < 75) {
        return finish();
      } else if (choice < 85) {
        return lingerEnd();
      } else if (choice < 90) {
        return cancel();
      } else if (choice < 93) {
        return pauseOrResume();
      } else if (choice < 97) {
        denied = 0;
        limit(random.nextInt(8) == 0 ? 0 : random.nextInt(MOST_SEATS));
        return true;
      }
      set.reconfigure(shape(), now);
      return true;
    }

    private void limit(int seats) {
      int lower = Math.max(0, set.seats.limit - seats);
      int excess = 2 * Math.max(0, set.seats.inUse - seats);
      if (random.nextBoolean()) {
        halvesBeyond = Math.min(halvesBeyond, excess);
        set.setLimit(seats, now);
      } else {
        halvesBeyond = Math.min(halvesBeyond + 2 * lower, excess);
        set.approachLimit(seats, now);
      }
    }

    private void gaveBack(int seats) {
      halvesBeyond = Math.max(0, halvesBeyond - seats);
    }

    private QueuingShape shape() {
      int queues = random.nextInt(9);
      return queues == 0
          ? QueuingShape.REJECT
          : new QueuingShape(queues, 1 + random.nextInt(queues), random.nextInt(6));
    }

    private void arrive() {
      boolean lingers = random.nextInt(3) == 0;
      RecordedRequest request =
          new RecordedRequest(
              requests.size(),
              random.nextLong(),
              1 + random.nextInt(random.nextInt(5) == 0 ? MOST_SEATS : 3),
              lingers ? 1 + random.nextInt(MOST_SEATS) : 0,
              lingers ? random.nextInt(10_000_000) : 0);
      requests.add(request);
      widths.add(request.seats);
      set.arrive(request, now);
      if (request.state == RequestState.WAITING) {
        waiting.add(request);
      } else if (request.state == RequestState.REFUSED
          && set.seats.limit == 0
          && set.shape.queues() == 0) {
        denied = Math.max(denied, request.seats);
      }
    }

    private boolean finish() {
      if (executing.isEmpty()) {
        return false;
      }
      RecordedRequest request = executing.remove(random.nextInt(executing.size()));
      paused.remove(request);
      assertThat(set.finish(request, now)).isTrue();
      assertThat(set.finish(request, now)).isFalse();
      if (request.state == RequestState.LINGERING) {
        lingering.add(request);
      } else {
        gaveBack(request.seats);
      }
      return true;
    }

    private boolean lingerEnd() {
      if (lingering.isEmpty()) {
        return false;
      }
      RecordedRequest request = lingering.remove(random.nextInt(lingering.size()));
      assertThat(set.lingerEnd(request, now)).isTrue();
      assertThat(set.lingerEnd(request, now)).isFalse();
      gaveBack(request.seats);
      return true;
    }

    private boolean pauseOrResume() {
      if (executing.isEmpty()) {
        return false;
      }
      RecordedRequest request = executing.get(random.nextInt(executing.size()));
      if (request.queue == null) {
        assertThat(set.pause(request, now) || set.resume(request, now)).isFalse();
        return false;
      }
      if (paused.remove(request)) {
        assertThat(set.resume(request, now)).isTrue();
      } else {
        assertThat(set.pause(request, now)).isTrue();
        paused.add(request);
      }
      return true;
    }

    private boolean cancel() {
      if (waiting.isEmpty()) {
        return false;
      }
      RecordedRequest request = waiting.remove(random.nextInt(waiting.size()));
      assertThat(set.cancel(request, now)).isTrue();
      assertThat(set.cancel(request, now)).isFalse();
      return true;
    }

    /** Tells what was decided; returns what was started. */
    private List<RecordedRequest> settle() {
      List<RecordedRequest> started = new ArrayList<>();
      SeatRequest decided = set.takeDecided();
      for (SeatRequest r = decided; r != null; r = r.nextDecided) {
        if (r.state == RequestState.EXECUTING) {
          started.add((RecordedRequest) r);
        }
      }
      SeatRequest.deliver(decided);
      waiting.removeAll(started);
      executing.addAll(started);
      return started;
    }

    private void checkSeats(List<RecordedRequest> started) {
      int most = set.seats.limit + halvesBeyond / 2;
      if (!started.isEmpty() && set.seats.inUse > most) {
        assertThat(started).as("started beyond the limit").hasSize(1);
        // the one wider than the level; its final seats may have been trimmed since
        assertThat(widths.get((int) started.get(0).id)).isGreaterThan(set.seats.limit);
        assertThat(set.executing).as("executing beside it, itself included").isEqualTo(1);
      }
      if (set.seats.limit > 0 && set.seats.inUse == 0) {
        assertThat(set.queues.waiting).as("waiting while every seat is free").isZero();
      }
    }

    private void checkTotals() {
      assertThat(set.queues.waiting).isEqualTo(waiting.size());
      assertThat(set.executing).isEqualTo(executing.size());
      assertThat(set.queues.seatsWaiting).isEqualTo(seats(waiting));
      assertThat(set.seats.inUse).isEqualTo(seats(executing) + seats(lingering));
      assertThat(published).isEqualTo(set.seats.inUse + set.queues.seatsWaiting + denied);
      assertThat(set.tally.dispatched + set.tally.rejected + set.queues.waiting)
          .isEqualTo(requests.size());
      int inQueues = 0;
      for (QueueRow row : Replay.rows(set)) {
        inQueues += row.waiting();
      }
      assertThat(inQueues).isEqualTo(waiting.size());
      assertThat(set.queues.size()).isGreaterThanOrEqualTo(Math.max(0, set.shape.queues()));
    }

    /** R now, from the queues as they were until now. */
    private long expectedR() {
      int busy = 0;
      int seats = 0;
      int inUse = 0;
      for (QueueRow row : Replay.rows(set)) {
        busy += row.waiting() + row.executing() > 0 ? 1 : 0;
        seats += row.seatsInUse() + row.waitingSeats();
        inUse += row.seatsInUse();
      }
      int most = set.seats.limitAndGranted();
      int served = Math.min(seats, paused.isEmpty() ? most : Math.max(most, inUse));
      double rate = busy == 0 ? 0 : (double) (served - seats(paused)) / busy;
      return set.queues.meter.r() + SeatSeconds.of(rate, now - set.queues.meter.lastNanos());
    }

    private static int seats(List<RecordedRequest> requests) {
      return requests.stream().mapToInt(request -> request.seats).sum();
    }

    /** Serves what is left: everybody was told once, and nothing is held. */
    void drain() {
      set.setLimit(MOST_SEATS, ++now);
      denied = 0;
      settle();
      while (!executing.isEmpty() || !lingering.isEmpty()) {
        now++;
        if (!finish()) {
          lingerEnd();
        }
        settle();
        checkTotals();
      }
      assertThat(waiting).isEmpty();
      assertThat(requests).allMatch(request -> request.told == 1);
      assertThat(requests)
          .allMatch(
              request ->
                  request.state == RequestState.ENDED || request.state == RequestState.REFUSED);
      assertThat(set.seats.inUse + set.queues.seatsWaiting + published).isZero();
      assertThat(set.queues.size()).isGreaterThanOrEqualTo(Math.max(0, set.shape.queues()));
    }
  }
}
