package io.apfproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether it was the proxy that stood still. */
@Tag("L-41")
@Tag("S93")
class HeartbeatTest {
  private final Heartbeat heart = new Heartbeat(at(0));

  private static long at(long millis) {
    return Long.MAX_VALUE - 1_000_000 + TimeUnit.MILLISECONDS.toNanos(millis); // it wraps
  }

  @Test
  void isNotLateByAFewMilliseconds() {
    assertThat(heart.beat(at(20))).isFalse();
    assertThat(heart.beat(at(140))).isFalse();

    assertThat(heart.stoodStill(at(0), at(150))).isFalse();
  }

  @Test
  void isLateByMoreThanATenthOfASecondOnce() {
    heart.beat(at(20));

    assertThat(heart.beat(at(141))).isTrue();

    assertThat(heart.beat(at(161))).isFalse();
  }

  @Test
  void spoilsWhatWasUnderWayAndNothingAfterThat() {
    heart.beat(at(20));
    heart.beat(at(500));

    assertThat(heart.stoodStill(at(30), at(505))).isTrue();
    assertThat(heart.stoodStill(at(499), at(505))).isTrue();
    assertThat(heart.stoodStill(at(501), at(505))).isFalse();
  }

  @Test
  void isNoticedByAnAnswerThatComesBeforeTheBeat() {
    heart.beat(at(20));

    assertThat(heart.stoodStill(at(30), at(3_000))).isTrue();
  }
}
