package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("S54")
@DisplayName("The clock of a client that does not read (L-71)")
class DrainClockTest {
  private static final long SECOND = 1_000_000_000;
  private static final int NEVER = 200;
  private static final int NOBODY = 0;

  private final DrainClock clock = new DrainClock();

  /**
   * Second in which it has had its time, looked at once a second; {@link #NEVER} if not by then.
   */
  private int had(LongUnaryOperator takenAt, int wanted) {
    clock.stand(0, takenAt.applyAsLong(0), wanted);
    for (int second = 1; second < NEVER; second++) {
      if (clock.look(second * SECOND, takenAt.applyAsLong(second), wanted)) {
        return second;
      }
    }
    return NEVER;
  }

  @ParameterizedTest
  @CsvSource({"0,60", "1000,60", "1024,200", "125000,200"})
  void givesAMinuteAtAKibibyteASecondWhileNobodyWaits(long rate, int second) {
    assertThat(had(at -> rate * at, NOBODY)).isEqualTo(second);
  }

  @ParameterizedTest
  @CsvSource({"1,0,10", "1,16000,10", "1,16384,200", "4,16384,10", "4,65536,200", "100,125000,10"})
  void givesTenSecondsAtSixteenKibibytesForEachSeatWhileOthersWait(
      int seats, long rate, int second) {
    assertThat(had(at -> rate * at, seats)).isEqualTo(second);
  }

  @Test
  void countsOnlyTheTimeInWhichOthersWait() {
    clock.stand(0, 0, NOBODY);
    for (int second = 1; second < 50; second++) {
      boolean waited = second % 5 == 0;
      boolean has = clock.look(second * SECOND, 0, waited ? 8 : NOBODY);
      assertThat(has).as("second %s", second).isFalse();
    }
    assertThat(clock.look(50 * SECOND, 0, 8)).as("nine seconds of waiting").isFalse();
    assertThat(clock.look(51 * SECOND, 0, NOBODY)).as("the tenth").isTrue();
  }

  @Test
  void countsOnlyTheTimeInWhichItStandsStillAndWhatIsTakenMeanwhile() {
    long now = 0;
    for (int i = 0; i < 4; i++) {
      clock.stand(now, 1_000_000L * i, 8);
      assertThat(clock.look(now + SECOND, 1_000_000L * i, 8)).isFalse();
      clock.move(now + 2 * SECOND, 1_000_000L * i);
      now += 10 * SECOND;
    }
    clock.stand(now, 9_000_000, 8);
    assertThat(clock.look(now + SECOND, 9_000_000, 8)).isFalse();
    assertThat(clock.look(now + 2 * SECOND, 9_000_000, 8)).isTrue();
  }

  @Test
  void beginsAnewWhenTenSecondsWereFastEnough() {
    assertThat(had(at -> at <= 10 ? 200_000 * at : 2_000_000, 8)).isEqualTo(20);
  }

  @Test
  void tellsHowLongItMayStillStandWhileOthersWait() {
    clock.stand(0, 0, NOBODY);
    assertThat(clock.leftNanos()).isEqualTo(Long.MAX_VALUE);
    clock.look(SECOND, 0, 8);
    assertThat(clock.leftNanos()).isEqualTo(10 * SECOND);
    for (int second = 2; second <= 10; second++) {
      clock.look(second * SECOND, 0, 8);
    }
    clock.look(10 * SECOND + SECOND / 3, 0, 8);

    long left = clock.leftNanos();

    assertThat(left).isEqualTo(SECOND - SECOND / 3);
    assertThat(clock.look(10 * SECOND + SECOND / 3 + left, 0, 8)).as("just then").isTrue();
  }

  @Test
  void doesNotCountWhatNobodyLookedAtAsTheProcessStoodStill() {
    clock.stand(0, 0, 8);

    assertThat(clock.look(30 * SECOND, 0, 8)).isFalse();
    assertThat(clock.look(31 * SECOND, 0, 8)).isFalse();
  }

  @Test
  void givesAnotherMinuteOnceItHasMoved() {
    clock.stand(0, 0, NOBODY);
    clock.move(59 * SECOND, 0);
    clock.rest();
    clock.stand(70 * SECOND, 0, NOBODY);

    for (int second = 71; second < 130; second++) {
      assertThat(clock.look(second * SECOND, 0, NOBODY)).as("second %s", second).isFalse();
    }
    assertThat(clock.look(130 * SECOND, 0, NOBODY)).isTrue();
  }

  /** A client that reads a little sees its minute go on, wherever in it the process stood still. */
  @ParameterizedTest
  @EnumSource(Standstill.class)
  void doesNotCountForTheMinuteThatTheProcessStoodStill(Standstill when) {
    clock.stand(0, 0, NOBODY);
    for (int second = 1; second <= 10; second++) {
      assertThat(clock.look(second * SECOND, 0, NOBODY)).isFalse();
    }
    long woken = 310 * SECOND;
    switch (when) {
      case BETWEEN_LOOKS -> {}
      case BEFORE_IT_MOVES -> {
        clock.move(woken, 1_000);
        clock.stand(woken, 1_000, NOBODY);
      }
      case AFTER_IT_MOVED -> {
        clock.move(10 * SECOND, 1_000);
        clock.stand(woken, 1_000, NOBODY);
      }
    }
    int second = 0;
    while (!clock.look(woken + second * SECOND, 1_000, NOBODY)) {
      second++;
    }

    assertThat(second).as("of the fifty that were left, two may have been its own").isEqualTo(48);
  }

  private enum Standstill {
    BETWEEN_LOOKS,
    BEFORE_IT_MOVES,
    AFTER_IT_MOVED
  }
}
