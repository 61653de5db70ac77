package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.queueset.FairnessScenario.Client;
import io.apfproxy.queueset.FairnessScenario.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What flows get of a level whatever the others do: random crowds, in virtual time, by a seed. */
@Tag("S52")
class FairSharePropertyTest {
  private static final long MS = 1_000_000;
  private static final long WINDOW = 200_000 * MS;
  private static final long[] EXECUTIONS = {200 * MS, 500 * MS, 1_000 * MS};
  private static final int NO_BOUND = 100_000;

  /**
   * Greedy flows share what the modest ones leave, evenly, and a modest one gets what it asks for
   * but for the time it waits for a seat.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void sharesSeatsAsEvenlyAsTheDemandsAllow(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int limit = 2 + random.nextInt(9);
    int greedy = 1 + random.nextInt(4);
    int modest = random.nextInt(4);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < greedy; i++) {
      clients.add(greedy(i, limit, 2 * limit + random.nextInt(20), execution(random)));
    }
    for (int i = greedy; i < greedy + modest; i++) {
      clients.add(Client.of(i, 1, (int) (WINDOW / (2_000 * MS)), 100 * MS, 1_900 * MS));
    }
    FairnessScenario scenario =
        new FairnessScenario(
            "seed " + seed, new QueuingShape(9, 1, NO_BOUND), limit, WINDOW, clients);
    List<Double> fair = scenario.fairShares(0);

    Outcome outcome = scenario.run(random::nextInt);

    for (int i = 0; i < clients.size(); i++) {
      double share = outcome.seats().get(0).get(i) / fair.get(i);
      assertThat(share)
          .as("%s: client %d, %s", scenario, i, outcome)
          .isBetween(i < greedy ? .97 : .5, i < greedy ? 1.03 : 1.001);
    }
  }

  private static Client greedy(long hash, int limit, int threads, long execution) {
    long calls = 1 + limit * WINDOW / execution / threads;
    return Client.of(hash, threads, (int) calls, execution, 0);
  }

  private static long execution(SplittableRandom random) {
    return EXECUTIONS[random.nextInt(EXECUTIONS.length)];
  }

  /**
   * A mouse with a queue to itself waits for a bounded number of services, however many requests
   * wait in the queues of the elephants, which are no more than their hands hold. An executing
   * request is charged 3 ms until it ends, so each busy queue may start one for each seat of the
   * mouse before it is the mouse's turn, and one that it was behind by; then the mouse gathers its
   * seats.
   */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void keepsTheWaitWithinABoundSetByHandsAndWidths(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    QueuingShape shape = new QueuingShape(64, 1 + random.nextInt(8), NO_BOUND);
    int limit = 2 + random.nextInt(15);
    int elephants = 1 + random.nextInt(4);
    long execution = execution(random);
    int mouseSeats = 1 + random.nextInt(limit);
    List<Client> clients = new ArrayList<>();
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < elephants; i++) {
      long hash = random.nextLong();
      taken.addAll(hand(shape, hash));
      clients.add(greedy(hash, limit, limit * (5 + random.nextInt(50)), execution));
    }
    clients.add(
        Client.of(hashBeside(taken, shape, random), 1, 20, 100 * MS, 5_000 * MS).seats(mouseSeats));

    Outcome outcome =
        new FairnessScenario("seed " + seed, shape, limit, WINDOW, clients).run(random::nextInt);

    double services = (double) taken.size() * (mouseSeats + 1) / limit + 2;
    double waited = (double) outcome.longestWaits().get(elephants) / execution;
    System.out.printf(
        "waiting, seed %d: hand %d, busy queues %d, seats %d of %d: %.2f of at most %.2f services%n",
        seed, shape.handSize(), taken.size(), mouseSeats, limit, waited, services);
    assertThat(waited).isLessThanOrEqualTo(services);
    assertThat(outcome.rejects()).containsOnly(0);
  }

  /** A flow that shares no queue with those. */
  private static long hashBeside(Set<Integer> taken, QueuingShape shape, SplittableRandom random) {
    while (true) {
      long hash = random.nextLong();
      if (hand(shape, hash).stream().noneMatch(taken::contains)) {
        return hash;
      }
    }
  }

  private static List<Integer> hand(QueuingShape shape, long hash) {
    int[] hand = new int[shape.handSize()];
    new Dealer(shape.queues(), shape.handSize()).deal(hash, hand);
    return Arrays.stream(hand).boxed().toList();
  }
}
