package io.apfproxy.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The law before the model that its constants are from: means of some seeds, 20 with {@code
 * -Dapf.model.seeds=20}, against the specification's table. A mouse that waits less than there is
 * no fault.
 */
@Tag("L-53")
@Tag("L-54")
class AdaptiveSeatsModelTest {
  private static final Logger log = LoggerFactory.getLogger(AdaptiveSeatsModelTest.class);
  private static final int SEEDS = Integer.getInteger("apf.model.seeds", 3);
  private static final double MARGIN = 0.15;
  private static final int LISTS = 600;
  private static final int MICE = 20;

  private record Means(double p99Millis, double listsPerSecond) {}

  private static Means means(String name, LongFunction<ModelRun> measured) {
    List<ModelRun> runs = LongStream.rangeClosed(1, SEEDS).mapToObj(measured).toList();
    Means means = new Means(mean(runs, ModelRun::p99Millis), mean(runs, ModelRun::listsPerSecond));
    log.info(
        String.format("%-40s p99 %6.1f ms %6.0f/s", name, means.p99Millis, means.listsPerSecond));
    return means;
  }

  private static double mean(List<ModelRun> runs, ToDoubleFunction<ModelRun> figure) {
    return runs.stream().mapToDouble(figure).average().orElseThrow();
  }

  private static void expect(String name, double p99, double lists, LongFunction<ModelRun> run) {
    Means means = means(name, run);
    assertThat(means.p99Millis).as("p99").isLessThan(p99 * (1 + MARGIN));
    assertThat(means.listsPerSecond).as("lists/s").isGreaterThan(lists * (1 - MARGIN));
  }

  private static ModelRun sixteen(long seed, int min) {
    return new ModelRun(seed, 16, min, 600, 0.5);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 30, 300, 24, 127",
    "16, 30, 600, 1200, 11, 1059",
    "64, 30, 600, 1200, 7, 4210"
  })
  void findsItsNumberOfSeats(
      int processors, int min, int max, int lists, double p99, double listsPerSecond) {
    expect(
        processors + " processors, " + min + " to " + max + " seats",
        p99,
        listsPerSecond,
        seed -> {
          ModelRun run = new ModelRun(seed, processors, min, max, 0.5).flooded(lists, MICE);
          run.run(60);
          return run;
        });
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 30, 3", "2, 1, 30, 4", "16, 6, 600, 20", "16, 6, 600, 24"})
  void givesAwayNoThroughput(int processors, int min, int max, int fixed) {
    Means best =
        means(
            processors + " processors, " + fixed + " seats",
            seed -> {
              ModelRun run = ModelRun.fixed(seed, processors, fixed).flooded(LISTS, MICE);
              run.run(150);
              return run;
            });
    Means adaptive =
        means(
            processors + " processors, adaptive",
            seed -> {
              ModelRun run = new ModelRun(seed, processors, min, max, 0.5).flooded(LISTS, MICE);
              run.run(150);
              return run;
            });

    assertThat(adaptive.listsPerSecond).isGreaterThan(0.95 * best.listsPerSecond);
  }

  @Test
  void followsAServerThatIsHalfAsFast() {
    expect(
        "half as fast for 60 s",
        13,
        526,
        seed -> {
          ModelRun run = sixteen(seed, 6).flooded(LISTS, MICE);
          run.server.speed(0.5);
          run.run(60);
          return run;
        });
    expect(
        "5 s after that",
        11,
        1059,
        seed -> {
          ModelRun run = sixteen(seed, 6).flooded(LISTS, MICE);
          run.server.speed(0.5);
          run.run(60);
          run.server.speed(1);
          run.run(5);
          run.measure();
          run.run(15);
          return run;
        });
  }

  @Test
  @Tag("L-47")
  void takesALongerWayForWhatItIs() {
    expect(
        "50 ms more on the way, the last 30 s of 60",
        63,
        1039,
        seed -> {
          ModelRun run = sixteen(seed, 6).flooded(LISTS, MICE);
          run.server.longer(Duration.ofMillis(50).toNanos());
          run.run(30);
          run.measure();
          run.run(30);
          return run;
        });
    expect(
        "20 s after that",
        11,
        1039,
        seed -> {
          ModelRun run = sixteen(seed, 6).flooded(LISTS, MICE);
          run.server.longer(Duration.ofMillis(50).toNanos());
          run.run(60);
          run.server.longer(0);
          run.run(20);
          run.measure();
          run.run(20);
          return run;
        });
  }

  @Test
  @Tag("L-94")
  void isSoonBackWhenAFrozenServerIs() {
    Means means =
        means(
            "10 s after being frozen for 30 s",
            seed -> {
              ModelRun run = sixteen(seed, 6).flooded(LISTS, MICE);
              run.server.freeze(Duration.ofSeconds(30).toNanos());
              run.run(30);
              run.measure();
              run.run(10);
              return run;
            });

    assertThat(means.listsPerSecond).isGreaterThan(989 * (1 - MARGIN));
  }

  @Test
  void keepsItsLeastBesideThoseWhoGoAnotherWay() {
    expect(
        "24 lists at a time that bypass it",
        30,
        653,
        seed -> {
          ModelRun run = sixteen(seed, 30);
          run.bypass(24);
          run.flooded(LISTS, MICE).run(60);
          return run;
        });
  }

  @Test
  void isNotMisledByNoise() {
    expect(
        "noise of 1 ms, pauses of 20 ms",
        12,
        1050,
        seed -> {
          ModelRun run = sixteen(seed, 30);
          run.noise(1e6);
          run.pauses(Duration.ofMillis(20), Duration.ofSeconds(3));
          run.flooded(LISTS, MICE).run(180); // of which the pauses are not quite a hundredth
          return run;
        });
    expect(
        "lists of sigma 1.2",
        11,
        1060,
        seed -> {
          ModelRun run = new ModelRun(seed, 16, 30, 600, 1.2).flooded(LISTS, MICE);
          run.run(60);
          return run;
        });
    expect(
        "1000 mice a second",
        11,
        1041,
        seed -> {
          ModelRun run = sixteen(seed, 30).flooded(LISTS, 1_000);
          run.run(60);
          return run;
        });
  }

  @ParameterizedTest
  @CsvSource({"2, 1, 30", "16, 6, 600"})
  void settlesWithinTenTicksAndThenHardlyMoves(int processors, int min, int max) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      ModelRun run = new ModelRun(seed, processors, min, max, 0.5).flooded(LISTS, MICE);
      run.run(100); // dips are rare by now
      run.server.speed(0.5);
      run.run(10);
      List<Integer> seats = new ArrayList<>();
      for (int second = 0; second < 20; second++) {
        assertThat(run.delay().compareTo(Duration.ofMillis(10)) <= 0 || run.budget.seats() == min)
            .as("%s at %s seats", run.delay(), run.budget.seats())
            .isTrue();
        seats.add(run.budget.seats());
        run.run(1);
      }
      seats.sort(null);
      int median = seats.get(seats.size() / 2);
      long near =
          seats.stream().filter(n -> Math.abs(n - median) <= Math.max(1, 0.2 * median)).count();
      assertThat(near).as("%s but for a dip of two ticks", seats).isGreaterThanOrEqualTo(18);
    }
  }

  @Test
  @Tag("L-44")
  void neverTakesFromWhoNeedsFew() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      ModelRun run = sixteen(seed, 30);
      run.mouse(1_000);
      run.run(120);

      assertThat(run.budget.seats()).isEqualTo(SeatController.first(30, 600));
      assertThat(run.p99Millis()).as("nobody waits").isLessThan(2);
    }
  }

  /**
   * Ten minutes at a fifth of what the server can do are as with all seats, from the start on, with
   * the fewest seats that there are by default.
   */
  @ParameterizedTest
  @CsvSource({"2, 3, 30", "16, 30, 600"})
  @Tag("L-44")
  void letsNobodyWaitWhereThereIsRoom(int processors, int min, int max) {
    for (long seed = 1; seed <= SEEDS; seed++) {
      ModelRun run = new ModelRun(seed, processors, min, max, 0.5);
      run.noise(1e6);
      run.pauses(Duration.ofMillis(20), Duration.ofSeconds(3));
      run.calmLists(processors / 0.015 / 5);
      run.mouse(MICE);
      run.run(600);

      assertThat(run.waited()).isZero();
      assertThat(run.leastRoom()).as("never fewer than in use").isNotNegative();
    }
  }
}
