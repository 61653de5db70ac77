package io.apfproxy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is measured, when it is judged, and who is told. */
@Tag("L-42")
@Tag("L-43")
class AdaptiveBudgetTest extends AdaptiveBudgetFixture {
  @Test
  void beginsBetweenItsBoundsAndSaysSo() {
    AdaptiveBudget other = new AdaptiveBudget(10, 100, Duration.ofMillis(5), time, time, () -> 0.5);
    assertThat(other.seats()).isEqualTo(31);
    other.onChange(told::add);

    other.start(() -> use, () -> down);
    time.settle();

    assertThat(told).containsExactly(31);
    assertThat(other.reading().load()).isEqualTo(UpstreamLoad.UNKNOWN);
  }

  @Test
  void judgesOnceASecondBySomePulsesAndTellsWhoFollows() {
    busy(10);

    pass(SECOND.multipliedBy(3), 1);

    assertThat(told).containsExactly(20, 40, 80);
    assertThat(budget.count(SeatChange.GROW)).isEqualTo(3);
    assertThat(moves.get(0))
        .isEqualTo(new SeatMove(SeatChange.GROW, 10, 20, 0, Duration.ofMillis(1).toNanos()));
  }

  @Test
  void waitsForFivePulses() {
    busy(10);
    for (int second = 1; second <= 4; second++) {
      budget.took(1_000_000, 0);
      time.advance(SECOND);
      assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.UNKNOWN);
    }

    budget.took(1_000_000, 0);
    time.advance(SECOND);

    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.IDLE);
    assertThat(budget.seats()).isEqualTo(20);
  }

  @Test
  void takesTheMedianForTheDelayAndTheLowerQuartileForTheBase() {
    busy(10);
    for (double millis : new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
      pass(PULSES_APART, millis);
    }

    assertThat(budget.reading().baseNanos()).isEqualTo(3_000_000);
    assertThat(budget.reading().delayNanos()).isEqualTo(3_000_000);
    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.BUSY);
  }

  /** As many servers behind a load balancer as there are connections for pulses. */
  @Test
  void seesTwoSlowServersOfThreeButNotOneAlone() {
    busy(10);
    for (int i = 0; i < 60; i++) {
      pass(PULSES_APART, i % 3 == 0 ? 50 : 1);
    }
    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.IDLE);

    for (int i = 0; i < 60; i++) {
      pass(PULSES_APART, i % 3 == 0 ? 1 : 50);
    }
    assertThat(budget.reading().delayNanos()).isEqualTo(Duration.ofMillis(49).toNanos());
  }

  /** L-62: nor while it is left alone for a moment, which shows how it is without load. */
  @Test
  void bearsMoreWhileItIsIdle() {
    assertThat(budget.bearsMore()).isFalse();
    busy(60);
    int dips = 0;
    for (int second = 0; second < 120; second++) {
      pass(SECOND, 1);
      boolean dip = second > 5 && budget.seats() < 100;
      dips += dip ? 1 : 0;
      assertThat(budget.bearsMore())
          .as("second %d, %d seats", second, budget.seats())
          .isEqualTo(!dip);
    }
    assertThat(dips).isPositive();

    pass(SECOND, 4);
    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.BUSY);
    assertThat(budget.bearsMore()).isFalse();
    pass(SECOND, 1);
    down = true;
    assertThat(budget.bearsMore()).isFalse();
  }

  @Test
  void forgetsABaseAfterTenMinutes() {
    busy(1);
    pass(SECOND, 1);

    pass(Duration.ofMinutes(9), 3);
    assertThat(budget.reading().baseNanos()).isEqualTo(1_000_000);
    pass(Duration.ofMinutes(1), 3);

    assertThat(budget.reading().baseNanos()).isEqualTo(3_000_000);
  }

  @Test
  void growsForNobodyWhoWaitsLessThanHalfOfTheTime() {
    for (int i = 0; i < 100; i++) {
      use = new SeatUse(10, 100, i % 10 < 4);
      pass(PULSES_APART, 1);
    }

    assertThat(budget.seats()).isEqualTo(10);
  }

  @Test
  @Tag("L-40")
  void wantsManyPulsesWhileMoreThanAQuarterIsInUse() {
    use = new SeatUse(2, 100, false);
    time.advance(PULSES_APART);
    assertThat(budget.wantsMany()).isFalse();

    use = new SeatUse(3, 100, false);
    time.advance(PULSES_APART);

    assertThat(budget.wantsMany()).isTrue();
  }

  @Test
  @Tag("L-41")
  @Tag("S93")
  void judgesNothingForTwoSecondsAfterItStoodStillItself() {
    busy(10);
    pass(SECOND.multipliedBy(3), 1);
    pass(PULSES_APART.multipliedBy(5), 500);

    budget.ownDelay();
    pass(SECOND.multipliedBy(2), 500);

    assertThat(budget.seats()).isEqualTo(80);
    assertThat(budget.count(SeatChange.CUT)).isZero();
    pass(SECOND.multipliedBy(2), 1);
    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.IDLE);
  }

  /** More seats than the proxy itself carries would queue where nobody is fair. */
  @Test
  void takesAWaitForTheProxysOwnEventLoopsForLoadToo() {
    busy(40);
    pass(SECOND.multipliedBy(2), 1);
    for (int i = 0; i < 10; i++) {
      budget.took(1_000_000, 11_000_000);
      time.advance(PULSES_APART);
    }

    assertThat(budget.reading().delayNanos()).isEqualTo(11_000_000);
    assertThat(budget.seats()).isEqualTo(20);
  }

  @Test
  @Tag("L-45")
  void cutsOnceATickForManyRefusalsInside() {
    busy(40);
    pass(SECOND.multipliedBy(2), 1);
    for (int i = 0; i < 50; i++) {
      budget.refusedInside();
    }

    pass(SECOND, 1);

    assertThat(budget.seats()).isEqualTo(28);
    assertThat(budget.count(SeatChange.INNER_429)).isOne();
  }

  /** Else there would be fewer and fewer, as none of them spares the upstream anything. */
  @Test
  @Tag("L-52")
  void hasAllSeatsWhileALevelIsInShadowHoweverBusyTheUpstreamIs() {
    busy(40);
    pass(SECOND.multipliedBy(2), 1);
    use = new SeatUse(90, 100, true, true);
    pass(SECOND.multipliedBy(2), 11);
    assertThat(budget.seats()).isEqualTo(100);
    told.clear();

    pass(Duration.ofMinutes(30), 100);
    budget.refusedInside();
    pass(SECOND, 1);

    assertThat(told).as("neither cut nor dip").isEmpty();
    assertThat(budget.count(SeatChange.SHADOW)).isEqualTo(2);
    assertThat(budget.reading().baseNanos()).as("it is looked at").isEqualTo(1_000_000);
    use = new SeatUse(90, 100, true, false);
    pass(SECOND, 11);
    assertThat(budget.seats()).as("all are held to it again").isEqualTo(45);
  }

  @Test
  @Tag("L-52")
  @Tag("L-94")
  void hasThemAllInAFewSecondsWhenTheUpstreamIsBack() {
    use = new SeatUse(90, 100, false, true);
    pass(SECOND.multipliedBy(4), 1);
    told.clear();

    budget.begin();
    pass(SECOND.multipliedBy(6), 1);

    assertThat(told).containsExactly(10, 20, 40, 80, 100);
  }

  /** L-46, L-94: on the way back nobody's turn is to come sooner for being many before. */
  @Test
  void tellsWhetherFewerMayBeReachedByAndBy() {
    List<Integer> byAndBy = new ArrayList<>();
    budget.onChange(
        new SeatFollower() {
          @Override
          public void resize(int seats) {}

          @Override
          public void lower(int seats) {
            byAndBy.add(seats);
          }
        });
    busy(40);
    pass(SECOND.multipliedBy(2), 1);
    pass(SECOND, 11);
    assertThat(byAndBy).as("a cut").containsExactly(20);
    while (budget.count(SeatChange.DIP) == 0) {
      pass(SECOND, 4);
    }
    assertThat(byAndBy).as("a dip").containsExactly(20, 5);
    pass(SECOND.multipliedBy(5), 4);
    assertThat(budget.seats()).isEqualTo(20);

    budget.begin();
    time.settle();

    assertThat(budget.seats()).isEqualTo(10);
    assertThat(byAndBy).as("its return").containsExactly(20, 5);
  }

  @Test
  @Tag("L-94")
  void beginsAnewWhenTheUpstreamIsBackWhateverThePulsesOfBeforeSay() {
    busy(10);
    pass(SECOND.multipliedBy(3), 1);
    down = true;
    pass(SECOND.multipliedBy(10), 2_000);
    assertThat(budget.reading().load()).isEqualTo(UpstreamLoad.DOWN);
    assertThat(budget.seats()).as("nobody is there to be judged").isEqualTo(80);

    down = false;
    budget.begin();
    pass(SECOND, 1_999); // sent before
    assertThat(told).endsWith(10);
    pass(SECOND.multipliedBy(3), 1);

    assertThat(told).containsExactly(20, 40, 80, 10, 20, 40, 80);
    assertThat(budget.count(SeatChange.RECOVERY)).isEqualTo(2);
  }

  @Test
  @Tag("L-94")
  void tellsOfItsReturnThoughTheNumberIsTheSame() {
    budget.begin();
    time.settle();

    assertThat(told).containsExactly(10);
  }
}
