package io.apfproxy.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepetitionTest {
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final ManualTime time = new ManualTime();
  private final List<Long> seconds = new ArrayList<>();
  private Runnable also = () -> {};
  private final Repetition repetition = new Repetition(time, PERIOD, this::act);

  private void act() {
    seconds.add(Duration.ofNanos(time.nanoTime()).toSeconds());
    also.run();
  }

  @Test
  void comesOnceAPeriodAndNotAtOnce() {
    time.advance(Duration.ofSeconds(35));
    assertThat(seconds).containsExactly(10L, 20L, 30L);
  }

  @Test
  void comesOnceMoreWhenAskedForHoweverOften() {
    time.advance(Duration.ofSeconds(3));
    repetition.now();
    repetition.now();
    assertThat(seconds).isEmpty();
    time.settle();
    assertThat(seconds).containsExactly(3L);
    time.advance(PERIOD);
    assertThat(seconds).containsExactly(3L, 10L);
  }

  @Test
  void comesOnceMoreForWhoAsksWhileItIsAtWork() {
    also =
        () -> {
          also = () -> {};
          repetition.now();
        };
    repetition.now();
    time.settle();
    assertThat(seconds).containsExactly(0L, 0L);
  }

  @Test
  void waitsAPeriodFromTheEndOfOneTime() {
    also =
        () -> {
          also = () -> {};
          time.advance(Duration.ofSeconds(4)); // it takes that long
        };
    time.advance(Duration.ofSeconds(10));
    time.advance(Duration.ofSeconds(20));
    assertThat(seconds).containsExactly(10L, 24L, 34L);
  }

  @Test
  void comesAgainAfterATimeThatFailed() {
    also =
        () -> {
          also = () -> {};
          throw new IllegalStateException("once");
        };
    assertThatIllegalStateException().isThrownBy(() -> time.advance(PERIOD));
    time.advance(PERIOD);
    assertThat(seconds).containsExactly(10L, 20L);
  }

  @Test
  void comesNoMoreOnceClosed() {
    repetition.now();
    repetition.close();
    repetition.now();
    time.advance(Duration.ofMinutes(1));
    assertThat(seconds).isEmpty();
  }
}
