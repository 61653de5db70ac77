package io.apfproxy.replay.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantiles of V-54. */
class WaitsTest {
  private final Waits waits = new Waits();

  @Test
  void saysNothingOfNobody() {
    assertThat(waits.quantile(0.5)).isZero();
    assertThat(waits.most()).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1})
  void isAtMostAHundredthOff(double part) {
    SplittableRandom random = new SplittableRandom(7);
    long[] all =
        LongStream.range(0, 20_000)
            .map(i -> random.nextLong(1L << random.nextInt(1, 50)))
            .toArray();
    LongStream.of(all).forEach(waits::add);
    long exact = LongStream.of(all).sorted().toArray()[(int) Math.ceil(part * all.length) - 1];

    assertThat(waits.quantile(part)).isCloseTo(exact, withPercentage(1));
  }

  @Test
  void isExactUpTo127Nanoseconds() {
    LongStream.rangeClosed(1, 127).forEach(waits::add);
    assertThat(LongStream.rangeClosed(1, 127).map(i -> waits.quantile((i - 0.5) / 127)))
        .containsExactly(LongStream.rangeClosed(1, 127).boxed().toArray(Long[]::new));
  }

  @Test
  void countsThoseThatWaitForNothing() {
    LongStream.range(0, 99).forEach(i -> waits.add(0));
    waits.add(5_000_000_000L);

    assertThat(waits.quantile(0.99)).isZero();
    assertThat(waits.quantile(0.991)).isCloseTo(5_000_000_000L, withPercentage(1));
    assertThat(waits.most()).isEqualTo(5_000_000_000L);
    assertThat(waits.number()).isEqualTo(100);
  }

  @Test
  void takesTheLongestThereIs() {
    waits.add(Long.MAX_VALUE);
    assertThat(waits.quantile(1)).isCloseTo(Long.MAX_VALUE, withPercentage(1));
  }
}
