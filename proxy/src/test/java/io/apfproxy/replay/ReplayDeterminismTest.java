package io.apfproxy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.replay.page.JsonReport;
import io.apfproxy.replay.page.TextReport;
import io.apfproxy.replay.scenario.ScenarioReader;
import io.apfproxy.replay.scenario.Simulation;
import io.apfproxy.request.RequestTimeout;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same input gives the same report, byte for byte. */
@Tag("V-45")
class ReplayDeterminismTest {
  private static final String SCENARIO =
      """
      duration: 2m
      seats: 30
      seed: %d
      retries: 1
      capacity: 20
      objects:
        pods: {count: 1000, size: 2000}
      clients:
        - name: mice
          count: 50
          user: mouse-{i}
          requests:
            - {url: "/api/v1/namespaces/n-{i}/pods/p", rate: 5, exec: {p50: 5ms, p99: 100ms}}
            - {method: PUT, url: "/api/v1/namespaces/n-{i}/pods/p", every: 1s, exec: {p50: 5ms, p99: 50ms}}
            - {url: "/api/v1/pods?watch=1", every: 20s, exec: 3ms}
        - name: elephants
          count: 30
          user: elephant
          requests:
            - {url: /api/v1/pods, loop: {think: 10ms}, exec: {p50: 100ms, p99: 900ms}}
            - {url: /api/v1/nodes, every: 10s, jitter: 1s, burst: 5, exec: 100ms}
      """;

  private static Report run(int seed, boolean compared) throws Exception {
    FlowControlConfiguration builtIn = FlowControlConfiguration.builtIn();
    return Simulation.run(
        ScenarioReader.read("s.yaml", "s", SCENARIO.formatted(seed)),
        new Simulation.Question(
            compared ? builtIn : null,
            60,
            compared ? Configurations.queuing(50) : builtIn,
            null,
            new RequestTimeout(Duration.ofMinutes(1)),
            null,
            null,
            20));
  }

  private static String text(Report report) {
    return TextReport.of(report, 50) + JsonReport.of(report, 50);
  }

  @Test
  void saysTheSameTwice() throws Exception {
    Report report = run(1, true);
    assertThat(report.after().requests()).isGreaterThan(10_000);
    assertThat(text(run(1, true))).isEqualTo(text(report));
  }

  @Test
  void saysAnotherThingForAnotherSeed() throws Exception {
    assertThat(text(run(2, false))).isNotEqualTo(text(run(1, false)));
  }

  @Test
  void saysOfTheNewOneWhatItSaysOfItAlone() throws Exception {
    Report both = run(1, true);
    Report alone =
        Simulation.run(
            ScenarioReader.read("s.yaml", "s", SCENARIO.formatted(1)),
            new Simulation.Question(
                null,
                null,
                Configurations.queuing(50),
                null,
                new RequestTimeout(Duration.ofMinutes(1)),
                null,
                null,
                20));
    assertThat(alone.after().flows()).isEqualTo(both.after().flows());
    assertThat(both.moves()).isNotEmpty();
  }
}
