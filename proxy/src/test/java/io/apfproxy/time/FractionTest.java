package io.apfproxy.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FractionTest {
  private static final long MOST = 1L << 61;

  /** Against numbers of any size, all lengths alike. Specification limits.md L-28. */
  @Test
  void isExact() {
    SplittableRandom random = new SplittableRandom(28);
    for (int i = 0; i < 200_000; i++) {
      long number = random.nextLong(1L << random.nextInt(62));
      long times = random.nextLong(1L << random.nextInt(59));
      long by = 1 + random.nextLong(1L << random.nextInt(59));
      assertThat(Fraction.up(number, times, by, MOST)).isEqualTo(exact(number, times, by));
    }
  }

  /** Where the quotient is small and everything else is large, or the other way round. */
  @Test
  void isExactAtTheEdges() {
    long[] edges = {0, 1, 2, 3, 1L << 31, (1L << 53) - 1, (1L << 53) + 1, 1L << 57, 1L << 58};
    for (long number : edges) {
      for (long times : edges) {
        for (long by : edges) {
          for (long off = -1; off <= 1; off++) {
            long divisor = Math.max(1, by + off);
            assertThat(Fraction.up(number, times, divisor, MOST))
                .as("%d * %d / %d", number, times, divisor)
                .isEqualTo(exact(number, times, divisor));
          }
        }
      }
    }
  }

  private static long exact(long number, long times, long by) {
    return Fraction.up(
        BigInteger.valueOf(number), BigInteger.valueOf(times), BigInteger.valueOf(by), MOST);
  }

  @Test
  void roundsUpAndEndsAtTheMost() {
    assertThat(exact(7, 2, 3)).isEqualTo(5);
    assertThat(exact(6, 2, 3)).isEqualTo(4);
    assertThat(Fraction.up(7, 2, 3, MOST)).isEqualTo(5);
    assertThat(Fraction.up(6, 2, 3, MOST)).isEqualTo(4);
    assertThat(Fraction.up(MOST, 3, 2, MOST)).isEqualTo(MOST);
  }
}
