package io.apfproxy.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the seats, tick by tick. */
@Tag("L-44")
class SeatControllerTest {
  private static final int MIN = 10;
  private static final int MAX = 600;
  private static final double BASE = 1;

  private final SeatController seats =
      new SeatController(MIN, MAX, Duration.ofMillis(5), () -> 0.5);
  private int second;

  /**
   * One second.
   *
   * @param delay above the base, in ms
   */
  private @Nullable SeatChange tick(double delay, double inUse, boolean waited) {
    return tick(delay, inUse, seats.total(), waited, false);
  }

  private @Nullable SeatChange tick(
      double delay, double inUse, long limits, boolean waited, boolean refused) {
    return seats.tick(at(BASE + delay, BASE + delay, inUse, limits, waited, refused));
  }

  private Tick at(
      double median, double quartile, double inUse, long limits, boolean waited, boolean refused) {
    second++;
    return new Tick(
        TimeUnit.SECONDS.toNanos(second),
        nanos(median),
        nanos(quartile),
        inUse,
        new SeatUse((long) inUse, limits, waited),
        waited,
        refused,
        false);
  }

  private static long nanos(double millis) {
    return (long) (millis * 1e6);
  }

  /** After it has come back, seats grown to so many. */
  private void grownTo(int total) {
    seats.recover();
    while (seats.total() < total) {
      tick(0, seats.total(), true);
    }
    assertThat(seats.total()).isEqualTo(total);
  }

  @Test
  void beginsInTheMiddleOfAllDoublingsAndDoublesWhileSomebodyWaits() {
    assertThat(seats.total()).isEqualTo(77);
    assertThat(seats.load()).isEqualTo(UpstreamLoad.UNKNOWN);

    assertThat(tick(0, 77, true)).isEqualTo(SeatChange.GROW);

    assertThat(seats.total()).isEqualTo(154);
    assertThat(seats.load()).isEqualTo(UpstreamLoad.IDLE);
  }

  @Test
  void isSoonWithTheLeastIfWhatItBeganWithWasTooMuch() {
    tick(0, 5, false);
    tick(20, 77, true);
    assertThat(seats.total()).isEqualTo(38);
    tick(20, 38, true);
    tick(20, 19, true);

    assertThat(seats.total()).isEqualTo(MIN);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 30, 5", "30, 600, 134", "7, 7, 7", "1, 2147483647, 46340"})
  void beginsWithinItsBounds(int least, int most, int first) {
    assertThat(SeatController.first(least, most)).isEqualTo(first);
  }

  @Test
  void doesNotGrowWhereNobodyWaitsNorForgetWhatItFound() {
    grownTo(80);

    for (int i = 0; i < 10_000; i++) {
      assertThat(tick(0, 30, false)).isNull();
    }

    assertThat(seats.total()).isEqualTo(80);
  }

  @Test
  void holdsWhereTheDelayIsAQuarterOfTheTargetOrMore() {
    grownTo(80);

    for (int i = 0; i < 20; i++) {
      assertThat(tick(1.25, 80, true)).isNull();
      assertThat(tick(4.9, 80, true)).isNull();
    }

    assertThat(seats.load()).isEqualTo(UpstreamLoad.BUSY);
    assertThat(seats.total()).isEqualTo(80);
  }

  @Test
  void takesATenthIfTheDelayStaysALittleOverTheTarget() {
    grownTo(80);

    assertThat(tick(5, 80, true)).as("the first time").isNull();
    assertThat(tick(9, 80, true)).isEqualTo(SeatChange.CUT);
    assertThat(seats.total()).isEqualTo(72);
    tick(9, 72, true);

    assertThat(seats.total()).isEqualTo(64);
  }

  @ParameterizedTest
  @CsvSource({"10, 80, 40", "12.5, 80, 40", "100, 80, 40", "10, 50, 25", "10, 0, 10", "10, 15, 10"})
  void cutsInProportionToTheDelayFromWhatIsInUse(double delay, double inUse, int after) {
    grownTo(80);

    assertThat(tick(delay, inUse, true)).isEqualTo(SeatChange.CUT);

    assertThat(seats.total()).isEqualTo(after);
    assertThat(seats.load()).isEqualTo(UpstreamLoad.OVERLOADED);
  }

  @Test
  void waitsForACutToComeIntoForceForFiveTicks() {
    grownTo(80);
    tick(20, 80, true);
    assertThat(seats.total()).isEqualTo(40);

    for (int i = 0; i < 4; i++) {
      assertThat(tick(20, 80, 40, true, false)).as("long requests still run").isNull();
    }
    assertThat(tick(20, 80, 40, true, false)).isEqualTo(SeatChange.CUT);
    assertThat(seats.total()).isEqualTo(20);
  }

  @Test
  void growsByATenthOnceItWasOverloaded() {
    grownTo(80);
    tick(20, 80, true);

    tick(0, 40, true);

    assertThat(seats.total()).isEqualTo(44);
  }

  @Test
  void growsByOneWhereATenthIsLess() {
    SeatController few = new SeatController(1, 30, Duration.ofMillis(5), () -> 0.5);
    few.recover();
    few.tick(at(1, 1, 1, 1, true, false));
    few.tick(at(1, 1, 2, 2, true, false));
    few.tick(at(21, 21, 4, 4, true, false));
    assertThat(few.total()).isEqualTo(2);

    few.tick(at(1, 1, 2, 2, true, false));

    assertThat(few.total()).isEqualTo(3);
  }

  @Test
  @Tag("L-45")
  void takesTheUpstreamsOwnRefusalsForOverload() {
    grownTo(80);

    assertThat(tick(0, 80, 80, true, true)).isEqualTo(SeatChange.INNER_429);
    assertThat(seats.total()).isEqualTo(56);
    assertThat(tick(20, 56, 56, true, true)).isEqualTo(SeatChange.INNER_429);

    assertThat(seats.total()).as("the lower of the two").isEqualTo(28);
  }

  @Test
  @Tag("L-46")
  void looksAtTheUpstreamWithoutLoadNowAndThen() {
    grownTo(80);
    tick(20, 80, true);
    for (int i = 0; i < 4; i++) {
      assertThat(tick(3, 40, true)).isNull();
    }

    assertThat(tick(3, 40, true)).as("5 s after slow start").isEqualTo(SeatChange.DIP);
    assertThat(seats.total()).isEqualTo(10);
    assertThat(tick(3, 20, 10, true, false)).as("those from before still run").isNull();
    assertThat(seats.total()).isEqualTo(10);
    tick(0, 10, 10, true, false);
    assertThat(seats.total()).isEqualTo(40);

    int dips = 0;
    int apart = 0;
    int last = second;
    for (int i = 0; i < 3_600; i++) {
      if (tick(3, seats.total(), true) == SeatChange.DIP) {
        dips++;
        apart = second - last;
        last = second;
      }
    }
    assertThat(dips).as("30 s, 1, 2, 4, 8, 10, 10 ... minutes apart").isEqualTo(9);
    assertThat(apart).isBetween(600, 603);
  }

  @Test
  @Tag("L-46")
  void endsADipAfterFiveTicksThoughExemptRequestsTakeMore() {
    grownTo(80);
    tick(20, 80, true);
    while (tick(3, 40, true) != SeatChange.DIP) {
      assertThat(second).isLessThan(100);
    }

    for (int i = 0; i < 4; i++) {
      tick(3, 90, 10, true, false);
      assertThat(seats.total()).isEqualTo(10);
    }
    tick(3, 90, 10, true, false);

    assertThat(seats.total()).isEqualTo(40);
  }

  @Test
  @Tag("L-46")
  void looksSoonAgainWhenADipFoundThatTheBaseWasNone() {
    grownTo(80);
    tick(20, 80, true);
    for (int i = 0; i < 60; i++) {
      tick(3, seats.total(), true);
    }
    int from = second;
    while (tick(3, 40, true) != SeatChange.DIP) {
      assertThat(second).isLessThan(from + 200);
    }
    seats.tick(at(0.4, 0.4, 1, 10, true, false)); // base was 1 ms

    from = second;
    while (tick(3, seats.total(), true) != SeatChange.DIP) {
      assertThat(second).isLessThan(from + 200);
    }
    assertThat(second - from).isBetween(30, 31);
  }

  @Test
  @Tag("L-47")
  void takesADelayThatStaysThoughTheLoadHasGoneForALongerWay() {
    grownTo(80);
    SeatChange last = null;
    int from = second;
    while (last != SeatChange.REBASE) {
      last = tick(50, seats.total(), true);
      assertThat(second).isLessThan(from + 20);
    }

    assertThat(second - from).isBetween(10, 15);
    assertThat(seats.total()).as("as before").isEqualTo(80);
    assertThat(seats.load()).isEqualTo(UpstreamLoad.IDLE);
    assertThat(seats.baseNanos()).isEqualTo(nanos(BASE + 50));
    assertThat(tick(50, 80, true)).as("and looks without load at once").isEqualTo(SeatChange.DIP);
  }

  /** A tick that is not quite over the target begins nothing anew. */
  @Test
  @Tag("L-44")
  @Tag("L-47")
  void goesOnWaitingWhereTheDelayWasNearTheTargetForATick() {
    grownTo(80);
    int from = second;
    for (int i = 0; i < 3; i++) {
      tick(50, seats.total(), true);
    }
    assertThat(tick(4, seats.total(), true)).isNull();
    while (tick(50, seats.total(), true) != SeatChange.REBASE) {
      assertThat(second).isLessThan(from + 20);
    }

    assertThat(second - from).isBetween(10, 14);
  }

  @Test
  @Tag("L-47")
  void takesADelayOfASecondForNoWay() {
    grownTo(80);

    for (int i = 0; i < 100; i++) {
      tick(1_500, seats.total(), true);
    }

    assertThat(seats.total()).isEqualTo(MIN);
  }

  @Test
  @Tag("L-44")
  @Tag("L-94")
  void beginsAnewWhenTheUpstreamIsBack() {
    grownTo(80);
    tick(20, 80, true);

    seats.recover();

    assertThat(seats.total()).as("a herd comes").isEqualTo(10);
    tick(0, 10, true);
    assertThat(seats.total()).as("slow start").isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void staysBetweenItsBoundsWhateverIsSeen(long seed) {
    Random random = new Random(seed);
    int min = 1 + random.nextInt(50);
    int max = random.nextBoolean() ? Integer.MAX_VALUE : min + random.nextInt(600);
    SeatController any = new SeatController(min, max, Duration.ofMillis(5), random::nextDouble);
    long now = random.nextLong();
    for (int i = 0; i < 20_000; i++) {
      int before = any.total();
      now += TimeUnit.SECONDS.toNanos(1 + random.nextInt(5));
      long median = any(random);
      boolean waited = random.nextBoolean();
      SeatChange change =
          any.tick(
              new Tick(
                  now,
                  median,
                  random.nextBoolean() ? median : median / 2,
                  random.nextInt(4) == 0 ? any(random) : random.nextDouble() * before,
                  new SeatUse(any(random), random.nextBoolean() ? before : any(random), waited),
                  waited,
                  random.nextInt(20) == 0,
                  random.nextInt(20) == 0));
      if (random.nextInt(500) == 0) {
        any.recover();
      }
      assertThat(any.total()).isBetween(change == SeatChange.DIP ? 1 : Math.max(1, min / 4), max);
      if (change == SeatChange.GROW) {
        assertThat(waited).isTrue();
      }
      assertThat(any.delayNanos()).isNotNegative();
    }
  }

  private static long any(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> Integer.MAX_VALUE;
      case 2 -> random.nextInt(100);
      default -> random.nextInt(30_000_000);
    };
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "11, 10", "-1, 10"})
  void refusesBoundsThatCannotBe(int min, int max) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SeatController(min, max, Duration.ofMillis(5), () -> 0))
        .withMessage("least seats are %d, must be in 1..%d", min, max);
  }
}
