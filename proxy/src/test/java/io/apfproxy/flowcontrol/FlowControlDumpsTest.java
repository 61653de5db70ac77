package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.time.ManualTime;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FlowControlDumpsTest {
  private final ManualTime time = new ManualTime();
  private final ApfFlowControl control = control();

  private ApfFlowControl control() {
    ApfFlowControl created =
        ApfFlowControl.create(
            FlowControlSettings.of(1),
            FlowControlConfiguration.empty(),
            time,
            time,
            FlowMetrics.NONE);
    created.apply(
        List.of(Config.schema("schema-a", "a", "*")), List.of(Config.queuing("a", 100, 2, 10)));
    return created;
  }

  @Test
  void showsThePriorityLevelsAsTheReferenceDoes() {
    Client.get(control, "ann", "/version");
    Client.get(control, "ann", "/version");

    assertThat(control.dumpPriorityLevels())
        .isEqualTo(
            """
            PriorityLevelName, ActiveQueues, IsIdle, IsQuiescing, WaitingRequests, \
            ExecutingRequests, DispatchedRequests, RejectedRequests, TimedoutRequests, \
            CancelledRequests
            a,                 1,            false,  false,       1,               \
            1,                 1,                  0,                0,                \
            0
            catch-all,         0,            true,   false,       0,               \
            0,                 0,                  0,                0,                \
            0
            exempt,            0,            true,   false,       0,               \
            0,                 0,                  0,                0,                \
            0
            """);
  }

  @Test
  void showsQueuesThatWereNeverUsedToo() {
    Client.get(control, "ann", "/version");

    List<String> lines = control.dumpQueues().lines().toList();

    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .isEqualTo(
            "PriorityLevelName, Index,  PendingRequests, ExecutingRequests, SeatsInUse,"
                + " NextDispatchR, InitialSeatsSum, MaxSeatsSum, TotalWorkSum");
    assertThat(lines.subList(1, 3))
        .containsExactlyInAnyOrder(
            row(lines.get(1).contains("0.00300000ss") ? 0 : 1, 1, "0.00300000ss"),
            row(lines.get(1).contains("0.00300000ss") ? 1 : 0, 0, "0.00000000ss"));
  }

  private static String row(int index, int executing, String nextDispatchR) {
    return "a,                 "
        + index
        + ",      0,               "
        + executing
        + ",                 "
        + executing
        + ",          "
        + nextDispatchR
        + ",  0,               0,           0.00000000ss";
  }

  @Test
  void showsRequestsWithTheirTimesAndOnDemandWhoAsksForWhat() {
    Client.send(control, "ann", "PATCH", "/apis/apps/v1/namespaces/ns/deployments/d/scale");
    Client.get(control, "bob", "/version");

    List<String> brief = control.dumpRequests(false).lines().toList();
    List<String> detailed = control.dumpRequests(true).lines().toList();

    assertThat(brief).hasSize(3);
    assertThat(cells(brief.get(0)))
        .containsExactly(
            "PriorityLevelName",
            "FlowSchemaName",
            "QueueIndex",
            "RequestIndexInQueue",
            "FlowDistingsher",
            "ArriveTime",
            "InitialSeats",
            "FinalSeats",
            "AdditionalLatency",
            "StartTime");
    assertThat(detailed.stream().map(FlowControlDumpsTest::cells).toList())
        .anySatisfy(
            row ->
                assertThat(row)
                    .containsSequence("ann", "2026-09-21T14:13:20Z", "1", "0", "0s")
                    .endsWith(
                        "2026-09-21T14:13:20Z",
                        "ann",
                        "patch",
                        "/apis/apps/v1/namespaces/ns/deployments/d/scale",
                        "ns",
                        "d",
                        "apps/v1",
                        "deployments",
                        "scale"))
        .anySatisfy(
            row ->
                assertThat(row)
                    .containsSequence("0", "bob", "2026-09-21T14:13:20Z")
                    .containsSequence("0001-01-01T00:00:00Z", "bob", "get", "/version"));
  }

  @Tag("S80")
  @Test
  void letsNoClientForgeACellOrALine() {
    Client.get(control, "eve\n\u001b[31m,exempt", "/a%0Ab,c");

    List<String> lines = control.dumpRequests(true).lines().toList();

    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).contains("eve??[31m?exempt").contains("/a?b?c");
  }

  private static List<String> cells(String line) {
    return List.of(line.split(", *", -1));
  }
}
