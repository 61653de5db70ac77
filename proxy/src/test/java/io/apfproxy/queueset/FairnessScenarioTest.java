package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.apfproxy.borrowing.SeatDemand;
import io.apfproxy.queueset.FairnessScenario.Client;
import io.apfproxy.queueset.FairnessScenario.Outcome;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The scenarios of the reference, queueset_test.go, with its margins: how evenly clients share the
 * seats of a level, and where they do not. Each runs with what happens at one instant in the order
 * in which it was scheduled, and in ten random orders. Prints a table. The names are the
 * reference's.
 */
class FairnessScenarioTest {
  private static final long S = 1_000_000_000;
  private static final long QUARTER = 91 * 86_400 * S;
  private static final long ONE = 1001001001L;
  private static final long TWO = 2002002002L;
  private static final int RANDOM_ORDERS = 10;

  /** By which ours may lie outside what the reference's runs gave. */
  private static final double SPREAD = 0.02;

  private static final FairnessTable TABLE = new FairnessTable();

  @AfterAll
  static void print() {
    TABLE.print();
  }

  /**
   * What one part of a window must show.
   *
   * @param seats by client; empty for as even as the demands allow
   * @param margin relative
   * @param fair whether every client is within the margin, else none is
   */
  private record Expected(List<Double> seats, double margin, boolean fair) {
    static Expected fair(double margin) {
      return new Expected(List.of(), margin, true);
    }

    static Expected unfair(double margin) {
      return new Expected(List.of(), margin, false);
    }

    static Expected each(double seats, int clients, double margin) {
      return new Expected(
          DoubleStream.generate(() -> seats).limit(clients).boxed().toList(), margin, true);
    }
  }

  @Test
  void sharesAsEvenlyAsTheDemandsAllow() {
    assertThat(FairnessScenario.maxMin(42, List.of(0.0, 0.0))).containsExactly(0.0, 0.0);
    assertThat(FairnessScenario.maxMin(42, List.of(47.0, 0.0))).containsExactly(42.0, 0.0);
    assertThat(FairnessScenario.maxMin(42, List.of(1.0, 47.0))).containsExactly(1.0, 41.0);
    assertThat(FairnessScenario.maxMin(14, List.of(3.0, 7.0, 9.0, 1.0)))
        .containsExactly(3.0, 5.0, 5.0, 1.0);
    assertThat(FairnessScenario.maxMin(21, List.of(1.0, 9.0, 7.0, 3.0)))
        .containsExactly(1.0, 9.0, 7.0, 3.0);
  }

  @TestFactory
  Stream<DynamicTest> withoutRestraint() {
    List<Client> clients = List.of(Client.of(ONE, 5, 15, S, S), Client.of(TWO, 2, 15, S, S / 2));
    return Stream.of(
        test(
            new FairnessScenario(
                "TestNoRestraint/no-competition", QueuingShape.EXEMPT, 10, 18 * S, clients),
            Expected.fair(0.001)),
        test(
            new FairnessScenario(
                "TestNoRestraint/with-competition", QueuingShape.EXEMPT, 2, 18 * S, clients),
            Expected.unfair(0.25)));
  }

  @TestFactory
  DynamicTest baseline() {
    return test(
        new FairnessScenario(
            "TestBaseline",
            new QueuingShape(9, 3, 8),
            1,
            20 * S,
            List.of(Client.of(ONE, 1, 21, S, 0))),
        Expected.fair(1e-9));
  }

  @TestFactory
  Stream<DynamicTest> exempt() {
    return Stream.of(0, 2)
        .map(
            limit ->
                test(
                    new FairnessScenario(
                        "TestExampt/concurrency=" + limit,
                        QueuingShape.EXEMPT,
                        limit,
                        40 * S,
                        List.of(Client.of(ONE, 5, 20, S, S).seats(3))),
                    Expected.each(7.5, 1, 1e-8)));
  }

  @TestFactory
  Stream<DynamicTest> separations() {
    // by think and pad in seconds: the seats of each client in the six cases of SEPARATIONS
    return Stream.of(
            separations(1, 0, .5, .5, .5, .5, .5, .5),
            separations(1, .5, .5, .5, .5, 1 / 3., .5, 1 / 3.),
            separations(0, 1, .5, 1, .5, .25, .5, .25),
            separations(.5, 1, .5, 2 / 3., .5, .25, .5, .25))
        .flatMap(cases -> cases);
  }

  private static Stream<DynamicTest> separations(double think, double pad, double... expected) {
    // final seats, limit, clients
    int[][] cases = {{1, 1, 1}, {1, 2, 1}, {2, 2, 1}, {1, 1, 2}, {1, 2, 2}, {2, 2, 2}};
    return IntStream.range(0, cases.length)
        .mapToObj(
            i -> {
              int[] numbers = cases[i];
              List<Client> clients =
                  Stream.of(ONE, TWO)
                      .limit(numbers[2])
                      .map(hash -> Client.of(hash, 1, 25, S, (long) (think * S)))
                      .map(client -> client.followedBy(numbers[0], (long) (pad * S)))
                      .toList();
              String name =
                  "TestSeparations/think=%s,finalSeats=%d,pad=%s,nClients=%d,conc=%d"
                      .formatted(seconds(think), numbers[0], seconds(pad), numbers[2], numbers[1]);
              return test(
                  new FairnessScenario(
                      name, new QueuingShape(9, 3, 8), numbers[1], 24 * S, clients),
                  Expected.each(expected[i], numbers[2], 1e-9));
            });
  }

  /** As the reference writes half seconds. */
  private static String seconds(double seconds) {
    return seconds == .5 ? "500ms" : (int) seconds + "s";
  }

  @TestFactory
  Stream<DynamicTest> flowsOfOneKind() {
    return Stream.of(
        test(
            new FairnessScenario(
                "TestUniformFlowsHandSize1",
                new QueuingShape(9, 1, 8),
                4,
                50 * S,
                List.of(Client.of(ONE, 8, 20, S, S - 1), Client.of(TWO, 8, 20, S, S - 1))),
            Expected.fair(0.01)),
        test(
            new FairnessScenario(
                "TestUniformFlowsHandSize3",
                new QueuingShape(8, 3, 16),
                4,
                60 * S,
                List.of(
                    Client.of(400900100100L, 8, 30, S, S - 1),
                    Client.of(300900200200L, 8, 30, S, S - 1))),
            Expected.fair(0.03)));
  }

  @TestFactory
  Stream<DynamicTest> flowsOfDifferentKinds() {
    return Stream.of(
        test(
            new FairnessScenario(
                "TestDifferentFlowsExpectEqual",
                new QueuingShape(9, 1, 8),
                4,
                40 * S,
                List.of(Client.of(ONE, 8, 20, S, S), Client.of(TWO, 7, 30, S, S / 2))),
            Expected.fair(0.01)),
        test(
            new FairnessScenario(
                "TestDifferentFlowsExpectUnequal",
                new QueuingShape(9, 1, 6),
                3,
                20 * S,
                List.of(Client.of(ONE, 4, 20, S, S - 1), Client.of(TWO, 2, 20, S, S - 1))),
            Expected.fair(0.01)));
  }

  @Test
  void staysFairWhenVirtualTimeIsRebased() {
    FairnessScenario scenario =
        new FairnessScenario(
            "TestSeatSecondsRollover",
            new QueuingShape(9, 1, 8),
            2000,
            40 * QUARTER,
            List.of(
                Client.of(ONE, 8, 20, QUARTER, QUARTER).seats(500),
                Client.of(TWO, 7, 30, QUARTER, QUARTER / 2).seats(500)));

    check(scenario, Expected.fair(0.01));

    assertThat(scenario.run(() -> 0).state().epochAdvances()).isEqualTo(8);
    assertThat(scenario.run(() -> 0).state().epochAdvancesClamped()).isZero();
  }

  @TestFactory
  Stream<DynamicTest> widths() {
    long[] hashes = {
      40040040040040L, 50050050050050L, 60060060060060L, 70070070070070L, 90090090090090L
    };
    return Stream.of(
        test(
            new FairnessScenario(
                "TestDifferentWidths",
                new QueuingShape(64, 7, 13),
                6,
                20 * S,
                List.of(
                    Client.of(10010010010010L, 13, 10, S, S - 1),
                    Client.of(20020020020020L, 7, 10, S, S - 1).seats(2))),
            Expected.fair(0.155)),
        test(
            new FairnessScenario(
                "TestTooWide",
                new QueuingShape(64, 7, 35),
                6,
                400 * S,
                IntStream.range(0, 5)
                    .mapToObj(i -> Client.of(hashes[i], 15, 21, S, S - 1).seats(i == 4 ? 7 : 2))
                    .toList()),
            Expected.fair(0.35)));
  }

  @TestFactory
  Stream<DynamicTest> windup() {
    return Stream.of(
        // the late half of a flow does not get what the early half did not use
        test(windup("upper-bound"), Expected.fair(0.01), Expected.fair(0.26)),
        // but the other flow pays for what it used beyond its own share
        test(windup("lower-bound"), Expected.fair(0.01), Expected.unfair(0.1)));
  }

  private static FairnessScenario windup(String bound) {
    return new FairnessScenario(
        "TestWindup/" + bound,
        new QueuingShape(9, 1, 6),
        3,
        40 * S,
        List.of(Client.of(ONE, 2, 40, S, -1), Client.of(TWO, 2, 40, S, -1).inTwoParts()));
  }

  @Test
  void sharesUnevenlyWithoutQueues() {
    FairnessScenario scenario =
        new FairnessScenario(
            "TestDifferentFlowsWithoutQueuing",
            QueuingShape.REJECT,
            4,
            13 * S,
            List.of(Client.of(ONE, 6, 10, S, 57 * S / 1000), Client.of(TWO, 4, 15, S, 3 * S / 4)));

    Outcome outcome = scenario.run(() -> 0);

    assertShares(scenario, outcome, List.of(Expected.unfair(0.20)));
    assertThat(outcome.rejects()).containsExactly(4, 2);
    assertIdle(outcome);
    note(scenario, outcome, List.of(Expected.unfair(0.20)));
  }

  private static DynamicTest test(FairnessScenario scenario, Expected... expected) {
    return DynamicTest.dynamicTest(scenario.name(), () -> check(scenario, expected));
  }

  private static void check(FairnessScenario scenario, Expected... expected) {
    List<Expected> parts = List.of(expected);
    Outcome ordered = scenario.run(() -> 0);
    note(scenario, ordered, parts);
    assertOutcome(scenario, ordered, parts);
    for (int seed = 0; seed < RANDOM_ORDERS; seed++) {
      Random ties = new Random(seed);
      assertOutcome(scenario, scenario.run(ties::nextInt), parts);
    }
  }

  private static void assertOutcome(
      FairnessScenario scenario, Outcome outcome, List<Expected> parts) {
    assertShares(scenario, outcome, parts);
    assertThat(outcome.rejects()).as("rejects").containsOnly(0);
    int calls =
        scenario.clients().stream()
            .mapToInt(c -> c.threads() * c.calls() - (c.split() ? c.threads() * c.calls() / 4 : 0))
            .sum();
    assertThat(outcome.state().dispatched()).isEqualTo(calls);
    assertIdle(outcome);
  }

  private static void assertShares(
      FairnessScenario scenario, Outcome outcome, List<Expected> parts) {
    assertThat(parts).hasSize(scenario.parts());
    for (int part = 0; part < parts.size(); part++) {
      Expected expected = parts.get(part);
      List<Double> shares = shares(scenario, part, expected);
      for (int client = 0; client < shares.size(); client++) {
        double seats = outcome.seats().get(part).get(client);
        double off = Math.abs(seats - shares.get(client)) / shares.get(client);
        assertThat(off <= expected.margin())
            .as(
                "%s, part %d, client %d: %f seats, fair were %f",
                scenario.name(), part, client, seats, shares.get(client))
            .isEqualTo(expected.fair());
      }
    }
  }

  private static List<Double> shares(FairnessScenario scenario, int part, Expected expected) {
    return expected.seats().isEmpty() ? scenario.fairShares(part) : expected.seats();
  }

  /** Nothing is left, and what was wanted meanwhile was published truly. */
  private static void assertIdle(Outcome outcome) {
    QueueSetState state = outcome.state();
    assertThat(state.idle()).isTrue();
    assertThat(
            List.of(
                state.waiting(),
                state.executing(),
                state.seatsInUse(),
                state.seatsWaiting(),
                state.activeQueues()))
        .containsOnly(0);
    assertThat(state.rejected())
        .isEqualTo(outcome.rejects().stream().mapToInt(Integer::intValue).sum());
    SeatDemand got = outcome.demand();
    SeatDemand want = outcome.calls();
    assertThat(got.seconds()).isCloseTo(want.seconds(), within(1e-10 * want.seconds()));
    assertThat(got.average()).isCloseTo(want.average(), within(1e-10 * want.average()));
    // next to zero a deviation is all rounding
    double deviation = Double.isNaN(got.deviation()) ? 0 : got.deviation();
    assertThat(deviation)
        .isCloseTo(want.deviation(), within(1e-10 * want.deviation() + 1e-6 * want.average()));
  }

  private static void note(FairnessScenario scenario, Outcome outcome, List<Expected> parts) {
    for (int part = 0; part < parts.size(); part++) {
      Expected expected = parts.get(part);
      List<Double> ours = outcome.seats().get(part);
      TABLE.add(
          scenario,
          part,
          shares(scenario, part, expected),
          ours,
          expected.margin(),
          expected.fair());
      for (int client = 0; client < ours.size(); client++) {
        double seats = ours.get(client);
        TABLE
            .reference(scenario, part, client)
            .ifPresent(
                reference ->
                    assertThat(seats)
                        .as("%s beside the reference", scenario.name())
                        .isBetween(reference.min() * (1 - SPREAD), reference.max() * (1 + SPREAD)));
      }
    }
  }
}
