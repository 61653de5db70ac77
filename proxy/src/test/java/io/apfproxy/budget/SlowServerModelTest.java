package io.apfproxy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three servers behind a load balancer, one of which becomes slow, in virtual time: pulses take
 * three connections in turn, each of which is made anew every minute. Source: specification
 * limits.md L-40.
 */
@Tag("L-40")
class SlowServerModelTest {
  private static final int RUNS = 300;
  private static final int SERVERS = 3;
  private static final int LANES = 3;
  private static final Duration BETWEEN = Duration.ofMillis(100);
  private static final Duration AGE = Duration.ofSeconds(60);
  private static final Duration FAST = Duration.ofMillis(1);
  private static final Duration SLOW = Duration.ofMillis(50);
  private static final int MINUTES = 3;

  /** Within three minutes: some pulse took so long, or the delay that seats go by. */
  private record Seen(boolean byAPulse, boolean byTheDelay) {}

  /**
   * A balancer that takes any of them: hardly ever no connection leads there, and two of three,
   * which move the median, do more often than not.
   */
  @Test
  void isNearlyAlwaysLookedAtAndOftenSeenWhereConnectionsGoAnywhere() {
    List<Seen> seen = new ArrayList<>();
    for (long seed = 0; seed < RUNS; seed++) {
      Random random = new Random(seed);
      seen.add(play(number -> random.nextInt(SERVERS)));
    }

    long byPulses = seen.stream().filter(Seen::byAPulse).count();
    long byDelay = seen.stream().filter(Seen::byTheDelay).count();
    System.out.printf(
        "one slow server of three within %d minutes: a pulse meets it in %d of %d runs, seats"
            + " follow it in %d%n",
        MINUTES, byPulses, RUNS, byDelay);
    assertThat(byPulses).isGreaterThan(RUNS * 95 / 100);
    assertThat(byDelay).isGreaterThan(RUNS * 60 / 100);
  }

  /**
   * A balancer that takes them in turn: each has a connection, and one slow one moves no median.
   */
  @Test
  void isAlwaysLookedAtButNeverJudgedAloneWhereTheyGoInTurn() {
    assertThat(play(number -> number % SERVERS)).isEqualTo(new Seen(true, false));
  }

  /**
   * @param balancer which server the connection leads to that is made as the so-manieth
   */
  private static Seen play(IntUnaryOperator balancer) {
    ManualTime time = new ManualTime();
    AdaptiveBudget budget =
        new AdaptiveBudget(10, 100, Duration.ofMillis(5), time, time, () -> 0.5);
    budget.start(() -> new SeatUse(90, 100, true), () -> false);
    int[] server = new int[LANES];
    long[] since = new long[LANES];
    int made = 0;
    for (int lane = 0; lane < LANES; lane++) {
      server[lane] = balancer.applyAsInt(made++);
    }
    boolean byAPulse = false;
    boolean byTheDelay = false;
    long slowFrom = AGE.toNanos() / 2;
    for (int pulse = 0; time.nanoTime() < slowFrom + MINUTES * AGE.toNanos(); pulse++) {
      int lane = pulse % LANES;
      if (time.nanoTime() - since[lane] >= AGE.toNanos()) {
        since[lane] = time.nanoTime();
        server[lane] = balancer.applyAsInt(made++);
      }
      boolean slow = server[lane] == 0 && time.nanoTime() >= slowFrom;
      budget.took((slow ? SLOW : FAST).toNanos(), 0);
      time.advance(BETWEEN);
      byAPulse |= slow;
      byTheDelay |= budget.reading().load() == UpstreamLoad.OVERLOADED;
    }
    return new Seen(byAPulse, byTheDelay);
  }
}
