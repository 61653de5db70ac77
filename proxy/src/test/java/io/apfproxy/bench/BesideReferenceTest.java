package io.apfproxy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.bench.GoBenchmarks.Figure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BesideReferenceTest {
  private static final String PRINTED =
      """
      goos: linux
      cpu: Some CPU @ 2.00GHz
      BenchmarkA_Uncontended/queues=128-2 \t 1000000\t      5840 ns/op\t    3320 B/op\t      12 allocs/op
      BenchmarkA_Uncontended/queues=128-2 \t 1000000\t      5700 ns/op\t    3321 B/op\t      12 allocs/op
      BenchmarkA_Uncontended/queues=128-2 \t 1000000\t      9000 ns/op\t    3322 B/op\t      12 allocs/op
      BenchmarkE_NewRequestInfo/get-pod   \t 5000000\t     218.4 ns/op\t     256 B/op\t       5 allocs/op
      PASS
      """;

  @Test
  void takesTheMedianOfTheReferencesRuns() {
    assertThat(GoBenchmarks.parse(PRINTED))
        .containsExactly(
            Map.entry("A_Uncontended/queues=128", new Figure(5840, 3320)),
            Map.entry("E_NewRequestInfo/get-pod", new Figure(218.4, 256)));
  }

  @Test
  void knowsWhichBenchmarksDoTheSame() {
    Map<String, String> idle = Map.of("queues", "128", "waiting", "0");
    Map<String, String> busy = Map.of("queues", "64", "waiting", "5");
    Map<String, String> asked = Map.of("asked", RequestInfoBench.Asked.GET_POD.name());

    assertThat(BesideReference.counterpart("io.apfproxy.bench.LevelBench.decide", idle::get))
        .isEqualTo("A_Uncontended/queues=128");
    assertThat(BesideReference.counterpart("io.apfproxy.bench.LevelBench.decide", busy::get))
        .isEqualTo("B_Backlog/queues=64");
    assertThat(BesideReference.counterpart("io.apfproxy.bench.RequestInfoBench.parse", asked::get))
        .isEqualTo("E_NewRequestInfo/get-pod");
    assertThat(BesideReference.counterpart("io.apfproxy.bench.HotKeyBench.passed", asked::get))
        .isNull();
  }

  @Test
  void putsBothInARow() {
    assertThat(
            BesideReference.table(
                List.of(
                    new BesideReference.Row(
                        "A_Uncontended/queues=128", new Figure(400, 3320), 100, 128))))
        .contains("| A_Uncontended/queues=128 | 400.0 | 3320 | 100.0 | 128 | 0.25 |");
  }
}
