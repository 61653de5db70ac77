package io.apfproxy.kube.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.Kind;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.source.Reconfiguration;
import io.apfproxy.time.ManualTime;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** From fabric8's mock server to what is in force, by a clock moved by hand. */
@Timeout(120)
@EnableKubernetesMockClient(crud = true)
class ClusterReconfigurationIT {
  private static final ClusterSource.Periods FAST =
      new ClusterSource.Periods(
          Duration.ofMillis(100), Duration.ofMillis(50), Duration.ofMillis(200));
  private static final ResourceDefinitionContext LEVELS =
      WatchedKind.contextOf(Kind.PRIORITY_LEVEL, "flowcontrol.apf-proxy.io", "v1");

  @SuppressWarnings("NullAway.Init") // set by the extension
  KubernetesClient client;

  private final ManualTime time = new ManualTime();
  private final Queue<Due> agenda = new ConcurrentLinkedQueue<>();
  private final AtomicInteger changes = new AtomicInteger();
  private volatile List<Verdict> verdicts = List.of();
  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(10),
          FlowControlConfiguration.builtIn(),
          time,
          (nanos, action) -> {},
          FlowMetrics.NONE);

  @SuppressWarnings("NullAway.Init") // set before each test
  private ClusterSource source;

  @SuppressWarnings("NullAway.Init") // set before each test
  private Reconfiguration reconfiguration;

  private record Due(long at, Runnable action) {}

  @BeforeEach
  void open() {
    var unused = client.genericKubernetesResources(LEVELS).resource(object(10)).create();
    source = ClusterSource.custom(client, FAST);
    reconfiguration =
        new Reconfiguration(
            control,
            List.of(source),
            (told, inForce) -> verdicts = told,
            changes::incrementAndGet,
            (nanos, action) -> agenda.add(new Due(time.nanoTime() + nanos, action)),
            time);
    reconfiguration.start();
    awaitRead("10 true");
    elapse(Duration.ofSeconds(2));
  }

  @AfterEach
  void close() {
    reconfiguration.close();
  }

  @Test
  void whatIsReadIsInForceInThePlaceOfTheSuggestedObjects() {
    assertThat(control.configuration().levels()).containsOnlyKeys("a", "catch-all", "exempt");
    assertThat(shares()).isEqualTo(10);
    assertThat(verdicts).extracting(Verdict::state).containsExactly(State.IN_FORCE);
  }

  @Test
  @Tag("S63")
  void anInvalidVersionLeavesTheLastValidOneInForceUntilAValidOneComes() {
    int before = changes.get();
    write(-1);
    awaitRead("-1 false");
    elapse(Duration.ofSeconds(2));

    assertThat(shares()).isEqualTo(10);
    assertThat(changes).hasValue(before);
    assertThat(verdicts).extracting(Verdict::state).containsExactly(State.LAST_VALID);

    write(7);
    awaitRead("7 true");
    elapse(Duration.ofSeconds(2));

    assertThat(shares()).isEqualTo(7);
    assertThat(changes).hasValue(before + 1);
    assertThat(verdicts).extracting(Verdict::state).containsExactly(State.IN_FORCE);
  }

  @Test
  @Tag("S68")
  void changesWithinASecondOfTheLastComeIntoForceTogether() {
    elapse(Duration.ofSeconds(2));
    int before = changes.get();
    write(11);
    awaitRead("11 true");
    elapse(Duration.ofMillis(10));
    assertThat(shares()).isEqualTo(11);

    write(12);
    awaitRead("12 true");
    elapse(Duration.ofMillis(900));
    write(13);
    awaitRead("13 true");
    assertThat(shares()).isEqualTo(11);
    elapse(Duration.ofMillis(100));

    assertThat(shares()).isEqualTo(13);
    assertThat(changes).hasValue(before + 2);
  }

  /** Until the source holds the one level so: its shares, and whether they are valid. */
  private void awaitRead(String level) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                source.snapshot().trouble().isEmpty()
                    && source.snapshot().objects().stream()
                        .map(
                            object ->
                                Kind.PRIORITY_LEVEL.cast(object.content()).nominalShares()
                                    + " "
                                    + object.isValid())
                        .toList()
                        .equals(List.of(level))
                    && !agenda.isEmpty());
  }

  private void elapse(Duration by) {
    time.advance(by);
    List<Due> due = agenda.stream().filter(next -> next.at() <= time.nanoTime()).toList();
    agenda.removeAll(due);
    due.forEach(next -> next.action().run());
  }

  private int shares() {
    return control.configuration().levels().get("a").nominalShares();
  }

  private void write(int shares) {
    var unused = client.genericKubernetesResources(LEVELS).resource(object(shares)).update();
  }

  private static GenericKubernetesResource object(int shares) {
    GenericKubernetesResource level = new GenericKubernetesResource();
    level.setApiVersion("flowcontrol.apf-proxy.io/v1");
    level.setKind("PriorityLevelConfiguration");
    level.setMetadata(new ObjectMetaBuilder().withName("a").build());
    level.setAdditionalProperty(
        "spec",
        Map.of(
            "type",
            "Limited",
            "limited",
            Map.of("nominalConcurrencyShares", shares, "limitResponse", Map.of("type", "Reject"))));
    return level;
  }
}
