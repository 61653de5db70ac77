package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.ConfigurationPlan.Layer;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Layers lie over each other, and a bad object takes nothing good down. */
@Tag("S63")
@Tag("S65")
class ConfigurationPlanTest {
  @Tag("S68")
  @Test
  void laterSourcesLieOverEarlierOnes() {
    ConfigurationPlan plan =
        ConfigurationPlan.of(
            List.of(layer("files", level("a", 10), level("b", 20)), layer("crd", level("b", 99))),
            null);

    assertThat(shares(plan, "a")).isEqualTo(10);
    assertThat(shares(plan, "b")).isEqualTo(99);
    assertThat(plan.verdicts())
        .extracting(v -> v.source() + " " + v.object().key().name() + " " + v.state())
        .containsExactly("files a IN_FORCE", "files b OVERRIDDEN", "crd b IN_FORCE");
    assertThat(plan.verdicts().get(1).overriddenBy()).isEqualTo("crd");
  }

  @Tag("S63")
  @Test
  void anInvalidObjectStandsForItsLastValidVersion() {
    ConfigurationPlan good = ConfigurationPlan.of(List.of(layer("crd", level("a", 10))), null);
    ConfigurationPlan bad = ConfigurationPlan.of(List.of(layer("crd", level("a", -1))), good);
    ConfigurationPlan worse = ConfigurationPlan.of(List.of(layer("crd", level("a", -2))), bad);

    assertThat(shares(worse, "a")).isEqualTo(10);
    assertThat(worse.verdicts()).extracting(Verdict::state).containsExactly(State.LAST_VALID);
    assertThat(worse.sameAs(good)).isTrue();
  }

  @Test
  void theLastValidVersionGoesWithTheObject() {
    ConfigurationPlan good =
        ConfigurationPlan.of(List.of(layer("crd", level("a", 10), level("b", 1))), null);
    ConfigurationPlan gone = ConfigurationPlan.of(List.of(layer("crd", level("b", 1))), good);
    ConfigurationPlan back =
        ConfigurationPlan.of(List.of(layer("crd", level("a", -1), level("b", 1))), gone);

    assertThat(names(back)).containsExactly("b", "catch-all", "exempt");
    assertThat(back.verdicts())
        .extracting(Verdict::state)
        .containsExactly(State.REJECTED, State.IN_FORCE);
  }

  @Test
  void anInvalidObjectDoesNotHideAValidOneBelowIt() {
    ConfigurationPlan plan =
        ConfigurationPlan.of(
            List.of(layer("files", level("a", 10)), layer("crd", level("a", -1))), null);

    assertThat(shares(plan, "a")).isEqualTo(10);
    assertThat(plan.verdicts())
        .extracting(Verdict::state)
        .containsExactly(State.IN_FORCE, State.REJECTED);
  }

  @Tag("S63")
  @Test
  void mandatoryObjectsAreAlwaysThere() {
    ConfigurationPlan plan = ConfigurationPlan.of(List.of(layer("crd", level("a", 10))), null);

    assertThat(names(plan)).containsExactly("a", "catch-all", "exempt");
    assertThat(plan.inForce(Kind.FLOW_SCHEMA))
        .extracting(FlowSchema::name)
        .containsExactlyInAnyOrder("catch-all", "exempt");
  }

  @Test
  void anExemptLevelWithoutDetailsIsTheBuiltInOne() {
    SourceObject exempt =
        SourceObject.of(
            new PriorityLevelConfiguration(
                ObjectMeta.of("exempt", "u1", Map.of()),
                new PriorityLevelConfiguration.Spec("Exempt", null, null),
                List.of()),
            "test");

    ConfigurationPlan plan = ConfigurationPlan.of(List.of(layer("crd", exempt)), null);

    assertThat(plan.inForce(Kind.PRIORITY_LEVEL))
        .filteredOn(level -> level.name().equals("exempt"))
        .extracting(PriorityLevelConfiguration::uid, PriorityLevelConfiguration::spec)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("u1", Bootstrap.exemptLevel().spec()));
  }

  @Test
  void theBuiltInObjectsStandInUntilEverySourceWasRead() {
    Layer unread = new Layer("crd", false, List.of());

    ConfigurationPlan plan =
        ConfigurationPlan.of(List.of(layer("files", level("a", 10)), unread), null);

    assertThat(names(plan)).contains("a", "workload-low", "global-default");
  }

  @Test
  void theBuiltInObjectsStandInWhereAllSourcesAreEmpty() {
    assertThat(
            ConfigurationPlan.of(List.of(layer("crd")), null).sameAs(ConfigurationPlan.builtIn()))
        .isTrue();
  }

  @Tag("S65")
  @Test
  void aNewcomerOverTheBoundOfQueuesIsRefused() {
    ConfigurationPlan before =
        ConfigurationPlan.of(List.of(layer("crd", queues("z", 900_000))), null);
    ConfigurationPlan after =
        ConfigurationPlan.of(
            List.of(layer("crd", queues("a", 200_000), queues("z", 900_000))), before);

    assertThat(names(after)).containsExactly("catch-all", "exempt", "z");
    assertThat(after.verdicts().get(0).state()).isEqualTo(State.REJECTED);
    assertThat(after.verdicts().get(0).object().errors())
        .extracting(FieldError::detail)
        .containsExactly("at most 1000000 queues in all levels together are kept");
  }

  private static Layer layer(String source, SourceObject... objects) {
    return new Layer(source, true, List.of(objects));
  }

  private static SourceObject level(String name, int shares) {
    return level(name, shares, new LimitResponse("Reject", null));
  }

  private static SourceObject queues(String name, int queues) {
    return level(name, 10, new LimitResponse("Queue", new Queuing(queues, 1, 50)));
  }

  private static SourceObject level(String name, int shares, LimitResponse response) {
    return SourceObject.of(
        new PriorityLevelConfiguration(
            ObjectMeta.of(name, "", Map.of()),
            new PriorityLevelConfiguration.Spec(
                "Limited", new Limited(shares, null, null, response), null),
            List.of()),
        "test");
  }

  private static int shares(ConfigurationPlan plan, String name) {
    return plan.inForce(Kind.PRIORITY_LEVEL).stream()
        .filter(level -> level.name().equals(name))
        .mapToInt(PriorityLevelConfiguration::nominalShares)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> names(ConfigurationPlan plan) {
    return plan.inForce(Kind.PRIORITY_LEVEL).stream()
        .map(PriorityLevelConfiguration::name)
        .toList();
  }
}
