package io.apfproxy.upstream.members;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("L-92")
class ReturnSpreadTest {
  private static final int CLIENTS = 30_000;

  @ParameterizedTest(name = "away {0} s: 1 to {1}")
  @CsvSource({"0, 5", "4, 5", "6, 6", "17, 17", "30, 30", "3600, 30"})
  void sendsClientsBackAtEachSecondOfTheTimeItIsAwayAlike(int away, int widest) {
    Random random = new Random(1);
    ReturnSpread spread = new ReturnSpread(random::nextInt);
    int[] seen = new int[widest + 1];
    for (int i = 0; i < CLIENTS; i++) {
      seen[spread.seconds(Duration.ofSeconds(away).toNanos())]++;
    }
    double expected = (double) CLIENTS / widest;
    double chiSquare = 0;
    for (int second = 1; second <= widest; second++) {
      chiSquare += Math.pow(seen[second] - expected, 2) / expected;
    }
    assertThat(seen[0]).isZero();
    assertThat(chiSquare).as("of %d seconds, at 0.1 %%", widest).isLessThan(2.1 * widest + 10);
  }
}
