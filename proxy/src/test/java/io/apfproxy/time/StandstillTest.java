package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S93")
class StandstillTest {
  private static final Duration LOOK = Duration.ofNanos(Standstill.LOOK_NANOS);

  private final ManualTime time = new ManualTime();

  @Test
  void saysNothingOfWhatTookNoTime() {
    assertThat(new Standstill(time, time).end()).isFalse();
  }

  @Test
  void isNoneWhereTheTimeWasOurs() {
    Standstill tried = new Standstill(time, time);
    time.advance(LOOK.multipliedBy(20));
    assertThat(tried.end()).isFalse();
  }

  @Test
  void isOneWhereNobodyLookedForMostOfTheTime() {
    ManualTime stopped = new ManualTime();
    Standstill tried = new Standstill(time, stopped);
    time.advance(LOOK.multipliedBy(20));
    stopped.advance(LOOK.multipliedBy(9));
    assertThat(tried.end()).isTrue();
  }

  @Test
  void isNoneWhereSomebodyLookedForHalfOfTheTime() {
    ManualTime slow = new ManualTime();
    Standstill tried = new Standstill(time, slow);
    time.advance(LOOK.multipliedBy(20));
    slow.advance(LOOK.multipliedBy(10));
    assertThat(tried.end()).isFalse();
  }

  @Test
  void looksNoMoreWhenItHasEnded() {
    int[] looks = {0};
    Standstill tried =
        new Standstill(
            time,
            (nanos, action) -> {
              looks[0]++;
              time.after(nanos, action);
            });
    assertThat(tried.end()).isFalse();
    time.advance(LOOK.multipliedBy(20));
    assertThat(looks).containsExactly(1);
  }
}
