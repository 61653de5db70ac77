package io.apfproxy.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatencyBinsTest {
  private static final long START = 50_000_000_000L;
  private static final long MILLI = 1_000_000;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final LatencyBins bins = new LatencyBins(START, SECOND, 2);

  @Test
  void countsALatencyWhereItsRequestWasDueNotWhereItWasAnswered() {
    answer(999, 1_500);

    assertThat(bins.micros(0).getTotalCount()).isEqualTo(1);
    assertThat(bins.micros(0).getMaxValue()).isBetween(501_000L, 502_000L);
    assertThat(bins.micros(1).getTotalCount()).isZero();
  }

  @Test
  void tellsNothingOfWhatWasDueBeforeTheFirstBinOrAfterTheLast() {
    answer(-1, 5);
    answer(2_000, 2_001);
    bins.failed(bins.due(START - 1));

    assertThat(bins.micros(0).getTotalCount() + bins.micros(1).getTotalCount()).isZero();
    assertThat(bins.failed(0) + bins.failed(1)).isZero();
    assertThat(bins.answered()).isEqualTo(2);
  }

  @Test
  void givesTheFailedNoLatency() {
    bins.failed(bins.due(START + 1_200 * MILLI));

    assertThat(bins.failed(0)).isZero();
    assertThat(bins.failed(1)).isEqualTo(1);
    assertThat(bins.micros(1).getTotalCount()).isZero();
    assertThat(bins.answered()).isZero();
  }

  @Test
  void countsTheUnansweredAsFailedWithTheirAge() {
    bins.due(START + 100 * MILLI);

    bins.giveUp(START + 4_100 * MILLI);

    assertThat(bins.open()).isZero();
    assertThat(bins.failed(0)).isEqualTo(1);
    assertThat(bins.micros(0).getMaxValue()).isBetween(4_000_000L, 4_010_000L);
  }

  @Test
  void takesNoAnswerAfterItGaveUp() {
    LatencyBins.Due late = bins.due(START);
    bins.giveUp(START + MILLI);

    bins.answered(late, START + 2 * MILLI);
    bins.failed(late);

    assertThat(bins.answered()).isZero();
    assertThat(bins.failed(0)).isEqualTo(1);
    assertThat(bins.micros(0).getTotalCount()).isEqualTo(1);
  }

  private void answer(long dueMillis, long answeredMillis) {
    bins.answered(bins.due(START + dueMillis * MILLI), START + answeredMillis * MILLI);
  }
}
