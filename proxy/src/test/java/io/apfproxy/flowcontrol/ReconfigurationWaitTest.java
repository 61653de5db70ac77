package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.flowcontrol.LevelSnapshot.FlowSnapshot;
import io.apfproxy.time.ManualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** While a configuration is made ready nobody waits for it. */
@Timeout(60)
@Tag("S65")
class ReconfigurationWaitTest {
  private final ManualTime time = new ManualTime();
  private volatile @Nullable Runnable whileBuilding;

  /** Meters are asked for while a routing is made: the moment at which to look from outside. */
  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(10),
          FlowControlConfiguration.empty(),
          time,
          time,
          (level, schema) -> {
            Runnable look = whileBuilding;
            if (look != null) {
              whileBuilding = null;
              look.run();
            }
            return FlowMetrics.FlowMeter.NONE;
          });

  ReconfigurationWaitTest() {
    control.apply(
        List.of(Config.schema("schema-a", "a", "ann")), List.of(Config.queuing("a", 10, 4, 10)));
  }

  @Test
  void aRequestOfALevelThatIsAboutToGoIsAdmittedMeanwhile() {
    Client[] admitted = new Client[1];
    whileBuilding =
        () -> onAnotherThread(() -> admitted[0] = Client.get(control, "ann", "/api/v1/pods"));

    takeAAway();

    assertThat(admitted[0].executes()).isTrue();
    assertThat(control.snapshot()).extracting(LevelSnapshot::name).contains("a", "b");
    admitted[0].lease().close();
    time.settle();
    assertThat(control.snapshot()).extracting(LevelSnapshot::name).doesNotContain("a");
  }

  @Test
  void limitsAreAdjustedAndSnapshotsTakenMeanwhile() {
    whileBuilding =
        () ->
            onAnotherThread(
                () -> {
                  control.adjustBorrowing();
                  assertThat(control.snapshot()).isNotEmpty();
                  assertThat(control.dumpRequests(true)).isNotEmpty();
                  assertThat(control.seatFairFraction()).isGreaterThanOrEqualTo(0);
                });

    takeAAway();

    assertThat(control.configuration().levels()).containsKey("b");
  }

  /** What was made ready leads to a level that has gone since: it is made ready once more. */
  @Test
  void aLevelThatGoesWhileItIsConfiguredAgainIsMadeAnew() {
    Client last = Client.get(control, "ann", "/api/v1/pods");
    takeAAway();
    whileBuilding =
        () ->
            onAnotherThread(
                () -> {
                  last.lease().close();
                  time.settle();
                });

    control.apply(
        List.of(Config.schema("schema-c", "a", "cid")), List.of(Config.queuing("a", 10, 4, 10)));

    Client next = Client.get(control, "cid", "/api/v1/pods");
    assertThat(next.executes()).isTrue();
    next.lease().close();
    assertThat(control.snapshot()).extracting(LevelSnapshot::name).contains("a");
  }

  /** Its flows are known to the levels that stay, but to no routing yet. */
  @Test
  void whatIsMadeReadyKeepsItsCountsWhereALevelGoesMeanwhile() {
    Client last = Client.get(control, "ann", "/api/v1/pods");
    takeAAway();
    whileBuilding =
        () ->
            onAnotherThread(
                () -> {
                  last.lease().close();
                  time.settle();
                });

    control.apply(
        List.of(Config.schema("schema-c", "b", "cid")), List.of(Config.queuing("b", 10, 4, 10)));

    Client next = Client.get(control, "cid", "/api/v1/pods");
    assertThat(control.snapshot())
        .filteredOn(level -> level.name().equals("b"))
        .flatExtracting(LevelSnapshot::flows)
        .filteredOn(flow -> flow.flowSchema().equals("schema-c"))
        .extracting(FlowSnapshot::executing)
        .containsExactly(1);
    next.lease().close();
  }

  private void takeAAway() {
    control.apply(
        List.of(Config.schema("schema-b", "b", "bob")), List.of(Config.queuing("b", 10, 4, 10)));
  }

  private static void onAnotherThread(Runnable look) {
    try {
      CompletableFuture.runAsync(look).get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("waits for the configuration that is made ready", e);
    }
  }
}
