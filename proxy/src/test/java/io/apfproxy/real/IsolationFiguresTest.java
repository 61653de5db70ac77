package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.load.LoadReport;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class IsolationFiguresTest {
  private static final LoadReport NOTHING = load(0, 0, 0, 0);

  private final IsolationFigures figures = new IsolationFigures();

  @Test
  void showsMediansAndSpreadInTheOrderOfTheFirstRound() {
    sample("4", 1, load(40, 10, 0, 0), load(1_000, 1, 0, 0), 5, 2);
    sample("own", 1, load(10, 100, 30, 2), load(500, 1, 5_000, 0), 5, Double.NaN);
    sample("own", 2, load(10, 120, 30, 0), load(600, 1, 5_000, 0), 5, Double.NaN);
    sample("4", 2, load(40, 30, 0, 0), load(2_000, 1, 0, 0), 5, 2);

    assertThat(figures.markdown("here"))
        .startsWith("here\n")
        .contains(
            """
            | apf-proxy, 4 seats | 20.0 (10.0…30.0) | 20.0 (10.0…30.0) | 30.0 | 0 of 80 | 150 (100…200)\
             | 0 (0…0) | 3.75 (2.50…5.00) | 1.50 (1.00…2.00) |
            | kube-apiserver's own APF, 20 + 10 seats | 110.0 (100.0…120.1) | 110.0 (100.0…120.1) |\
             120.1 | 60 of 82, 2 failed | 55 (50…60) | 500 (500…500) | 9.17 (8.33…10.00) | – |
            """);
  }

  @Test
  void hasNoFiguresOfListsWithoutAnElephant() {
    sample("alone", 1, load(40, 3, 0, 0), NOTHING, 1, 1);

    assertThat(figures.markdown("here"))
        .contains("| 3.0 (3.0…3.0) | 3.0 | 0 of 40 | – | – | – | – |\n");
  }

  @Test
  void hasNoFigureOfAListIfARoundHadNone() {
    sample("4", 1, load(40, 3, 0, 0), NOTHING, 1, 1);
    sample("4", 2, load(40, 3, 0, 0), load(100, 1, 0, 0), 1, 1);

    assertThat(figures.markdown("here")).contains("| 5 (0…10) | 0 (0…0) | – | – |\n");
  }

  @Test
  void comparesWithinRoundsAndOverAll() {
    sample("off", 1, load(100, 10, 0, 0), load(100, 1, 0, 0), 1, 1);
    sample("on", 1, load(100, 11, 0, 0), load(90, 1, 0, 0), 1, 1);
    sample("on", 2, load(100, 24, 0, 0), load(100, 1, 0, 0), 1, 1);
    sample("off", 2, load(100, 20, 0, 0), load(100, 1, 0, 0), 1, 1);

    assertThat(figures.markdown("here"))
        .contains(
            "* apf-proxy, 30 seats, every part on / apf-proxy, 30 seats, nothing looks on: mouse p99"
                + " 1.20, by rounds 1.15 (1.10…1.20); lists/s 0.95 (0.90…1.00);");
  }

  @Test
  void writesNoFigureThatIsNone() {
    sample("own", 1, load(10, 100, 30, 2), load(500, 1, 5_000, 0), 5, Double.NaN);

    assertThat(figures.json("here", IsolationSettings.of()))
        .contains("\"proxyCpuSeconds\" : null", "\"200\" : 10", "\"mouseFailures\" : 2");
  }

  private void sample(
      String row, int round, LoadReport mouse, LoadReport elephant, double server, double proxy) {
    figures.add(
        new IsolationFigures.Sample(
            IsolationRow.of(row), round, 10, mouse, elephant, server, proxy));
  }

  private static LoadReport load(long answers, int millis, long refused, long failures) {
    Histogram latencies = new Histogram(3);
    latencies.recordValueWithCount(millis * 1_000L, answers);
    return new LoadReport(
        latencies,
        new TreeMap<>(Map.of(200, answers, 429, refused)),
        failures,
        new Histogram(3),
        0);
  }
}
