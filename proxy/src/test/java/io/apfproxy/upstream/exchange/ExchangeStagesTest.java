package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exchanges to which everything happens in any order: both ends send, pause, break and leave, time
 * passes, listeners throw.
 */
class ExchangeStagesTest {
  private static final int EXCHANGES = 4_000;

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3})
  void tellOneAnswerAndOneEndAndHoldNothingAfterIt(long seed) {
    Random seeds = new Random(seed);
    TreeMap<String, Integer> ends = new TreeMap<>();
    for (int i = 0; i < EXCHANGES; i++) {
      RandomExchange exchange = new RandomExchange(seeds.nextLong());
      exchange.play();
      ends.merge(exchange.verdict(), 1, Integer::sum);
    }
    assertThat(ends).as("all kinds of ends").containsOnlyKeys("whole", "cut", "refused", "left");
    assertThat(ends.values()).allMatch(number -> number > EXCHANGES / 100);
  }
}
