package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("S30")
@DisplayName("The clock of a client that does not send its body")
class UploadClockTest {
  private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(UploadClock.LOOK_MILLIS);
  private static final int NEVER = 200;

  private final UploadClock clock = new UploadClock();

  /** The look at which it has had its time; {@link #NEVER} if not by then. */
  private int had(LongUnaryOperator bytesAt, int seats) {
    clock.begin(0, bytesAt.applyAsLong(0));
    for (int look = 1; look < NEVER; look++) {
      if (clock.look(look * LOOK, bytesAt.applyAsLong(look), seats, true, true)) {
        return look;
      }
    }
    return NEVER;
  }

  @ParameterizedTest(name = "{0} seats, {1} bytes at each look: look {2}")
  @CsvSource({"1,0,4", "1,4095,4", "1,4096,200", "4,4096,4", "4,16384,200"})
  void givesASecondForSixteenKibibytesOfEachSeat(int seats, long bytes, int look) {
    assertThat(had(at -> 70_000 + bytes * at, seats)).isEqualTo(look);
  }

  @Test
  void beginsAnewWithWhatItBrings() {
    assertThat(had(look -> look < 10 ? 16_384L * look : 16_384 * 9, 1)).isEqualTo(9 + 4);
  }

  @Test
  void givesAllTheTimeWhileNobodyWaitsAndNoneMoreWhenSomebodyDoes() {
    clock.begin(0, 0);
    for (int look = 1; look < 100; look++) {
      assertThat(clock.look(look * LOOK, 0, 1, false, true)).isFalse();
    }
    assertThat(clock.look(100 * LOOK, 0, 1, true, true)).isTrue();
  }

  @Test
  void countsNoTimeInWhichItIsNotRead() {
    clock.begin(0, 0);
    for (int look = 1; look <= 10; look++) {
      assertThat(clock.look(look * LOOK, 0, 1, true, false)).isFalse();
    }
    for (int look = 11; look < 14; look++) {
      assertThat(clock.look(look * LOOK, 0, 1, true, true)).isFalse();
    }
    assertThat(clock.look(14 * LOOK, 0, 1, true, true)).isTrue();
  }

  @Test
  void countsNoTimeInWhichTheProcessStoodStill() {
    clock.begin(0, 0);
    assertThat(clock.look(1000 * LOOK, 0, 1, true, true)).as("two looks of it").isFalse();
    assertThat(clock.look(1001 * LOOK, 0, 1, true, true)).isFalse();
    assertThat(clock.look(1002 * LOOK, 0, 1, true, true)).isTrue();
  }
}
