package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final Bin SLOW = bin(100, 100, 145_000_000, 50_000, 0);
  private static final Bin FAST = bin(300, 310, 60_000_000, 1_000, 2);

  @Test
  void putsBinsTogether() {
    Figures both = Figures.of(List.of(SLOW, FAST));

    assertThat(both.requests()).isEqualTo(400);
    assertThat(both.answers()).isEqualTo(410);
    assertThat(both.failed()).isEqualTo(2);
    assertThat(both.seconds()).isEqualTo(2);
    assertThat(both.perSecond()).isEqualTo(205);
    assertThat(both.cpuMicros()).isEqualTo(500);
    assertThat(both.p50Millis()).isCloseTo(1, within(0.01));
    assertThat(both.p99Millis()).isCloseTo(50, within(0.1));
  }

  @Test
  void takesOnlyTheFirstBinsThatHaveEnough() {
    assertThat(Figures.ofFirst(List.of(SLOW, FAST), 100)).isEqualTo(Figures.of(List.of(SLOW)));
    assertThat(Figures.ofFirst(List.of(SLOW, FAST), 101).requests()).isEqualTo(400);
    assertThat(Figures.ofFirst(List.of(SLOW, FAST), 5_000).requests()).isEqualTo(400);
  }

  @Test
  void tellsNoCpuWhereNoAnswerCame() {
    assertThat(Figures.of(List.of(bin(3, 0, 10_000_000, 1, 0))).cpuMicros()).isZero();
  }

  private static Bin bin(int requests, int answers, long cpuNanos, long micros, long failed) {
    Histogram latencies = new Histogram(3);
    latencies.recordValueWithCount(micros, requests);
    return new Bin(1, answers, cpuNanos, latencies, failed);
  }
}
