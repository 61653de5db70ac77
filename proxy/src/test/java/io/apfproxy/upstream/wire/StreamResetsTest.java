package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** S38: how fast the streams of one connection are reset. */
@Tag("S38")
class StreamResetsTest {
  private static final int MOST = 100;

  private record Action(long at, Runnable action) {}

  private final PriorityQueue<Action> actions =
      new PriorityQueue<>(Comparator.comparingLong(Action::at));
  private final List<Integer> order = new ArrayList<>();
  private final List<Long> times = new ArrayList<>();
  private long now = -5_000_000_000L; // nanoTime() may be negative, and become positive
  private int unfinished;

  private final StreamResets resets =
      new StreamResets(
          () -> now,
          (nanos, action) -> actions.add(new Action(now + nanos, action)),
          number -> unfinished = number);

  private Runnable reset(int stream) {
    return resets.reset(
        () -> {
          order.add(stream);
          times.add(now);
        });
  }

  private void advance(Duration by) {
    long end = now + by.toNanos();
    while (!actions.isEmpty() && actions.element().at() <= end) {
      Action next = actions.remove();
      now = Math.max(now, next.at());
      next.action().run();
    }
    now = end;
  }

  @Test
  void resetsAHundredAtOnceAndTheNextWhenElevenSecondsHavePassed() {
    IntStream.range(0, MOST / 2).forEach(this::reset);
    advance(Duration.ofSeconds(4));
    IntStream.range(MOST / 2, MOST + 70).forEach(this::reset);
    assertThat(order).hasSize(MOST);

    advance(Duration.ofMillis(6_999));
    assertThat(order).hasSize(MOST);
    advance(Duration.ofMillis(1));
    assertThat(order).hasSize(MOST + MOST / 2);
    advance(Duration.ofSeconds(4));
    assertThat(order).containsExactlyElementsOf(IntStream.range(0, MOST + 70).boxed().toList());
  }

  @Test
  void resetsNoStreamThatEndedMeanwhile() {
    IntStream.range(0, MOST).forEach(this::reset);
    Runnable first = reset(MOST);
    Runnable second = reset(MOST + 1);
    reset(MOST + 2);

    second.run();
    advance(Duration.ofSeconds(11));

    assertThat(order).hasSize(MOST + 2).endsWith(MOST, MOST + 2).doesNotContain(MOST + 1);
    first.run(); // too late, and harmless
    advance(Duration.ofSeconds(60));
    assertThat(order).hasSize(MOST + 2);
  }

  @Test
  void neverResetsMoreThanAHundredInAnyTenSeconds() {
    Random random = new Random(38);
    int asked = 3_000;
    for (int stream = 0; stream < asked; stream++) {
      reset(stream);
      if (random.nextInt(20) == 0) {
        advance(Duration.ofMillis(random.nextInt(3_000)));
      }
    }
    advance(Duration.ofMinutes(10));

    assertThat(order).containsExactlyElementsOf(IntStream.range(0, asked).boxed().toList());
    for (int i = MOST; i < asked; i++) {
      assertThat(times.get(i) - times.get(i - MOST))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(10).toNanos());
    }
    assertThat(actions).isEmpty();
  }

  @Test
  void countsAStreamForASecondAfterItsReset() {
    reset(1);
    advance(Duration.ofMillis(600));
    reset(2);
    assertThat(unfinished).isEqualTo(2);
    advance(Duration.ofMillis(400));
    assertThat(unfinished).isEqualTo(1);
    advance(Duration.ofMillis(600));
    assertThat(unfinished).isZero();
  }

  @Test
  void countsAStreamBeforeItsPlaceIsFree() {
    resets.reset(() -> assertThat(unfinished).isEqualTo(1));
    assertThat(unfinished).isEqualTo(1);
  }
}
