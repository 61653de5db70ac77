package io.apfproxy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, and leaves its state as it found it. Speed is not looked at. */
class BenchesRunTest {
  @Test
  void everyBenchmarkRunsOnSmallParameters() throws RunnerException {
    System.setProperty("jmh.ignoreLock", "true");

    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("io\\.apfproxy\\.bench\\.")
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(20))
                    .param("queues", "1", "64")
                    .param("lists", "64")
                    .param("schemas", "11")
                    .param("limits", "11")
                    .param("keys", "1", "1000")
                    .param("millis", "50")
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();

    assertThat(results.stream().map(BenchesRunTest::name).distinct())
        .containsExactlyInAnyOrderElementsOf(
            List.of(
                "BurstBench.decide",
                "ChangeBench.rateOfALimit",
                "ChangeBench.seatsOfAllLevels",
                "ClassifierBench.first",
                "ClassifierBench.lastButOne",
                "DecisionBench.exempt",
                "DecisionBench.queued",
                "HotKeyBench.passed",
                "LevelBench.decide",
                "LogLineBench.access",
                "LogLineBench.hashed",
                "LogLineBench.recorded",
                "QueueSetBench.decide",
                "RateLimitBench.found",
                "RateLimitBench.memory",
                "RateLimitBench.passed",
                "RateLimitBench.unconcerned",
                "RateLimitBench.unlimited",
                "RecordBench.kept",
                "RecordBench.written",
                "ReplayBench.read",
                "ReplayBench.simulated",
                "RequestInfoBench.parse",
                "ShadowBench.passed",
                "TalkerFeedBench.counted",
                "TalkerFeedBench.told",
                "TalkerLoopBench.alternate",
                "TracingBench.kept",
                "TracingBench.notKept",
                "TracingBench.off",
                "WaitingListsBench.exchange"));
    assertThat(results)
        .allSatisfy(result -> assertThat(result.getPrimaryResult().getScore()).isPositive());
  }

  private static String name(RunResult result) {
    return result.getParams().getBenchmark().replace("io.apfproxy.bench.", "");
  }
}
