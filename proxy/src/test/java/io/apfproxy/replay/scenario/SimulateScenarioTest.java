package io.apfproxy.replay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.cli.StartException;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.replay.figures.Counts;
import io.apfproxy.replay.figures.FlowRow;
import io.apfproxy.replay.figures.Report;
import io.apfproxy.request.RequestTimeout;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The shipped scenarios under the built-in objects. */
@Tag("V-58")
class SimulateScenarioTest {
  private static final long SECOND = 1_000_000_000;

  private static Report run(String name) throws IOException, StartException {
    return Simulation.run(
        ScenarioReaderTest.shipped(name),
        new Simulation.Question(
            null,
            null,
            FlowControlConfiguration.builtIn(),
            null,
            new RequestTimeout(Duration.ofMinutes(1)),
            null,
            null,
            20));
  }

  private static Counts level(Report report, String name) {
    return report.after().levels().stream()
        .filter(level -> level.name().equals(name))
        .findFirst()
        .orElseThrow()
        .counts();
  }

  @Test
  void noLeaseOf65000NodesWaitsWhileAnElephantFloodsTheirServer() throws Exception {
    long start = System.nanoTime();
    Report report = run("nodes-65000");
    System.out.printf(
        "nodes-65000: %d requests reported of 10 virtual minutes, %.1f s%n",
        report.after().requests(), (System.nanoTime() - start) / 1e9);

    assertThat(level(report, "node-high").requests()).isGreaterThan(3_500_000);
    assertThat(level(report, "node-high").refused()).isZero();
    assertThat(level(report, "node-high").waitMax()).isLessThan(SECOND);
    FlowRow elephant =
        report.after().flows().stream()
            .filter(flow -> flow.flow().equals("system:serviceaccount:greedy:exporter"))
            .findFirst()
            .orElseThrow();
    assertThat(elephant.counts().refusedPercent()).isGreaterThan(30); // or it is no elephant
    assertThat(report.after().throttled().get("user").get(0).key()).isEqualTo(elephant.flow());
  }

  @Test
  void othersOutliveAStormOfLists() throws Exception {
    Report report = run("list-storm");
    assertThat(level(report, "node-high").refused()).isZero();
    assertThat(level(report, "node-high").waitMax()).isLessThan(SECOND);
    assertThat(level(report, "workload-low").waited()).isPositive(); // or it is no storm
  }

  @Test
  void leadersOfTheControlPlaneStayLeadersInAFlood() throws Exception {
    Report report = run("leader-election");
    assertThat(level(report, "leader-election").refused()).isZero();
    assertThat(level(report, "leader-election").waitMax()).isLessThan(SECOND);
    assertThat(level(report, "node-high").waitMax()).isLessThan(SECOND);
    assertThat(level(report, "exempt").refused()).isZero();
    assertThat(level(report, "workload-low").refusedPercent()).isGreaterThan(80);
  }
}
