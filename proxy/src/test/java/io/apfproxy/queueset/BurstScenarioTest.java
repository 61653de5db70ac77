package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A level of 10 seats uses 2 of them for 20 s, then 60 requests of 100 ms come at once: limits.md
 * L-62.
 */
class BurstScenarioTest {
  private static final long MS = 1_000_000;
  private static final long SECOND = 1_000 * MS;
  private static final long FLOOD = 20 * SECOND;
  private static final QueuingShape SHAPE = new QueuingShape(16, 1, 100);
  private static final BurstTerms TERMS = new BurstTerms(20, 10, 10);

  @Test
  void servesAFloodInAThirdOfTheTime() {
    assertThat(longest(new World(null, FLOOD * 2).run())).isEqualTo(600 * MS);
    assertThat(longest(new World(TERMS, FLOOD * 2).run())).isEqualTo(200 * MS);
  }

  /** L-65: its neighbour is at its own limit all the time, and may burst too if it ever saved. */
  @Test
  void keepsItsNeighbourWaitingNoLonger() {
    List<Served> without = new World(null, FLOOD * 2).run();
    List<Served> with = new World(TERMS, FLOOD * 2).run();

    assertThat(neighbours(with)).hasSizeGreaterThan(1_000).isEqualTo(neighbours(without));
  }

  @Test
  void changesNothingWhileTheUpstreamIsNotIdle() {
    assertThat(new World(TERMS, FLOOD).run()).isEqualTo(new World(null, FLOOD).run());
  }

  private static long longest(List<Served> served) {
    return served.stream()
        .filter(request -> !request.neighbour())
        .mapToLong(request -> request.ended() - request.came())
        .max()
        .orElseThrow();
  }

  private static List<Served> neighbours(List<Served> served) {
    return served.stream().filter(Served::neighbour).toList();
  }

  /** When a request came, began and ended. */
  private record Served(boolean neighbour, long id, long came, long began, long ended) {}

  private record Due(long nanos, long order, Runnable action) {}

  /** Two levels, and who calls. */
  private static final class World {
    private final PriorityQueue<Due> agenda =
        new PriorityQueue<>(Comparator.comparingLong(Due::nanos).thenComparingLong(Due::order));
    private final List<Served> served = new ArrayList<>();
    private final QueueSet level = new QueueSet(SHAPE, 10, 0, (nanos, seats) -> {});
    private final QueueSet neighbour = new QueueSet(SHAPE, 4, 0, (nanos, seats) -> {});
    private long now;
    private long order;
    private long levelCalls;
    private long neighbourCalls;

    /**
     * @param terms of the level
     * @param busyFrom since when the upstream is not idle
     */
    World(@Nullable BurstTerms terms, long busyFrom) {
      BurstSeats pool = new BurstSeats(20, () -> now < busyFrom);
      level.setBurst(terms, pool, 0);
      for (int i = 0; i < 8; i++) {
        at(0, () -> arrive(neighbour, true));
      }
      at(0, () -> neighbour.setBurst(new BurstTerms(20, 10, 4), pool, now));
      for (int i = 0; i < 2; i++) {
        at(0, () -> arrive(level, false));
      }
      for (int i = 0; i < 60; i++) {
        at(FLOOD, () -> arrive(level, false));
      }
    }

    List<Served> run() {
      while (!agenda.isEmpty() && agenda.peek().nanos() < FLOOD + 5 * SECOND) {
        Due due = agenda.poll();
        now = due.nanos();
        due.action().run();
        started(level);
        started(neighbour);
      }
      return served;
    }

    private void at(long nanos, Runnable action) {
      agenda.add(new Due(nanos, order++, action));
    }

    private void arrive(QueueSet set, boolean isNeighbour) {
      long id = isNeighbour ? neighbourCalls++ : levelCalls++;
      set.arrive(new RecordedRequest(id, isNeighbour ? id : 0, 1, 0, 0), now);
    }

    private void started(QueueSet set) {
      for (SeatRequest next = set.takeDecided(); next != null; next = next.nextDecided) {
        RecordedRequest request = (RecordedRequest) next;
        at(now + (set == level ? 100 : 70) * MS, () -> finish(set, request));
      }
    }

    /** The two of the level until the flood, and the eight of its neighbour, call again at once. */
    private void finish(QueueSet set, RecordedRequest request) {
      boolean isNeighbour = set == neighbour;
      served.add(
          new Served(isNeighbour, request.id, request.arrivalNanos(), request.startNanos(), now));
      set.finish(request, now);
      if (isNeighbour || now < FLOOD) {
        arrive(set, isNeighbour);
      }
    }
  }
}
