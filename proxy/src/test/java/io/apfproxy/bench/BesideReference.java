package io.apfproxy.bench;

import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/**
 * Runs the reference's benchmarks, then ours, and prints those that do the same side by side. The
 * arguments are JMH's; the environment variable {@code REFERENCE_BENCH} says which of the
 * reference's. Runs in the folder of the proxy module.
 */
final class BesideReference {
  private static final Path REFERENCE = Path.of("../test-fixtures/reference-bench");
  private static final Duration GO_LIMIT = Duration.ofHours(1);

  private BesideReference() {}

  /** See the class. */
  public static void main(String[] args) throws Exception {
    CommandLineOptions options = new CommandLineOptions(args);
    String printed = goTest();
    System.out.print(printed);
    Collection<RunResult> ours = new Runner(options).run();
    System.out.print(table(rows(GoBenchmarks.parse(printed), ours)));
  }

  private static String goTest() {
    ProcessBuilder builder =
        new ProcessBuilder(
                "go",
                "test",
                "-run=^$",
                "-bench=" + System.getenv().getOrDefault("REFERENCE_BENCH", "A_|B_|E_"),
                "-benchmem",
                "-cpu=1",
                "-count=3",
                "-timeout=" + GO_LIMIT.toMinutes() + "m")
            .directory(REFERENCE.toFile());
    return RunningCommand.start(builder).await(GO_LIMIT).orThrow().stdout();
  }

  /**
   * Two that do the same.
   *
   * @param bytes allocated by ours for each; −1 if it was not measured
   */
  record Row(String reference, GoBenchmarks.Figure go, double nanos, double bytes) {
    String text() {
      return String.format(
          Locale.ROOT,
          "| %s | %.1f | %d | %.1f | %.0f | %.2f |%n",
          reference,
          go.nanos(),
          go.bytes(),
          nanos,
          bytes,
          nanos / go.nanos());
    }
  }

  private static List<Row> rows(
      Map<String, GoBenchmarks.Figure> reference, Collection<RunResult> ours) {
    List<Row> rows = new ArrayList<>();
    for (RunResult one : ours) {
      BenchmarkParams params = one.getParams();
      String name = counterpart(params.getBenchmark(), params::getParam);
      GoBenchmarks.Figure go = name == null ? null : reference.get(name);
      if (name != null && go != null) {
        Result<?> bytes = one.getSecondaryResults().get("gc.alloc.rate.norm");
        rows.add(
            new Row(
                name,
                go,
                one.getPrimaryResult().getScore(),
                bytes == null ? -1 : bytes.getScore()));
      }
    }
    return rows;
  }

  /**
   * The reference's benchmark that does what one of ours does; null if there is none.
   *
   * @param parameter value of a parameter by its name
   */
  static @Nullable String counterpart(String benchmark, UnaryOperator<String> parameter) {
    if (benchmark.endsWith(".LevelBench.decide")) {
      return (parameter.apply("waiting").equals("0") ? "A_Uncontended" : "B_Backlog")
          + "/queues="
          + parameter.apply("queues");
    }
    if (benchmark.endsWith(".RequestInfoBench.parse")) {
      String asked = parameter.apply("asked").toLowerCase(Locale.ROOT).replace('_', '-');
      return "E_NewRequestInfo/" + asked;
    }
    return null;
  }

  /** As Markdown. */
  static String table(List<Row> rows) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                "%n| Reference's benchmark | its ns | its bytes | our ns | our bytes | ratio |%n"
                    + "| --- | --- | --- | --- | --- | --- |%n"));
    rows.forEach(row -> text.append(row.text()));
    return text.toString();
  }
}
