package io.apfproxy.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.limit.Limiting;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HazardTest {
  private static final List<String> ALL = List.of("*");

  private final List<FlowSchema> schemas = new ArrayList<>(Bootstrap.flowSchemas());
  private final List<PriorityLevelConfiguration> levels =
      new ArrayList<>(Bootstrap.priorityLevels());

  private List<Hazard> hazards() {
    return Hazard.of(FlowControlConfiguration.digest(schemas, levels, null));
  }

  private static FlowSchema schema(String name, int precedence, String group, String level) {
    return new FlowSchema(
        ObjectMeta.of(name, "", Map.of()),
        new FlowSchema.Spec(
            level,
            precedence,
            null,
            List.of(
                new FlowSchema.Rule(
                    List.of(FlowSchema.Subject.group(group)),
                    List.of(new FlowSchema.ResourceRule(ALL, ALL, ALL, true, ALL)),
                    List.of()))),
        List.of());
  }

  @Test
  void seesNoneInTheBuiltInObjects() {
    assertThat(hazards()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"system:authenticated", "system:unauthenticated", "*"})
  @Tag("S69")
  void warnsOfEverybodyBeingExempt(String group) {
    schemas.add(schema("careless", 9000, group, "exempt"));

    assertThat(hazards())
        .containsExactly(
            new Hazard(
                new ObjectKey(Kind.FLOW_SCHEMA, "careless"),
                "requests of \"" + group + "\" are exempt: they never wait, however many"));
  }

  @Test
  @Tag("S69")
  void findsNothingWrongWithSomebodyBeingExempt() {
    schemas.add(schema("admins", 9000, "system:masters", "exempt"));

    assertThat(hazards()).isEmpty();
  }

  @Test
  @Tag("S57")
  void warnsThatLeasesAreRefusedWhereNobodyCaresForThem() {
    schemas.removeIf(schema -> !Bootstrap.isMandatory(schema.name()));

    assertThat(hazards())
        .hasSize(4)
        .allMatch(hazard -> hazard.object().name().equals("catch-all"))
        .extracting(Hazard::message)
        .contains(
            "a renewal of a node's lease may be refused: priority level catch-all has no queue");
  }

  @Test
  @Tag("L-29")
  void warnsOfALimitOfManyProxiesWhereThereIsOne() {
    RateLimit shared = Limiting.of("shared").ofTheFleet().perSecond(10, 10);
    RateLimit own = Limiting.of("own").perSecond(10, 10);

    assertThat(
            Hazard.fleetsOfOne(
                FlowControlConfiguration.digest(schemas, levels, null)
                    .withRateLimits(List.of(shared, own))))
        .containsExactly(
            new Hazard(
                shared.key(),
                "spec.scope Fleet means what Proxy means: the proxy runs with --replicas=1"));
  }

  /** It stands in the level itself, so that it is told where that is accepted. */
  @Test
  @Tag("L-60")
  void warnsOfLevelsThatMayBurstWhereThereIsNothingToBurstWith() {
    PriorityLevelConfiguration.LimitResponse reject =
        new PriorityLevelConfiguration.LimitResponse(PriorityLevelConfiguration.REJECT, null);
    PriorityLevelConfiguration level =
        new PriorityLevelConfiguration(
            ObjectMeta.of("bursts", "", Map.of()),
            new PriorityLevelConfiguration.Spec(
                PriorityLevelConfiguration.LIMITED,
                new PriorityLevelConfiguration.Limited(
                    5, 0, 0, reject, new PriorityLevelConfiguration.Burst(20, 10)),
                null),
            List.of());
    levels.add(level);
    schemas.add(schema("to-bursts", 3, "people", "bursts"));

    assertThat(hazards()).isEmpty();
    assertThat(Hazard.idleBursts(FlowControlConfiguration.digest(schemas, levels, null)))
        .containsExactly(
            new Hazard(
                level.key(), "spec.limited.burst has no effect: the proxy has no --burst-seats"));
    assertThat(Hazard.isWithin(level.key())).isTrue();
  }

  @Test
  @Tag("S57")
  void warnsThatASchemaTakesLeasesToALevelThatCanHaveNoSeats() {
    PriorityLevelConfiguration jail =
        new PriorityLevelConfiguration(
            ObjectMeta.of("jail", "", Map.of()),
            new PriorityLevelConfiguration.Spec(
                PriorityLevelConfiguration.LIMITED,
                new PriorityLevelConfiguration.Limited(
                    0,
                    0,
                    0,
                    new PriorityLevelConfiguration.LimitResponse(
                        PriorityLevelConfiguration.QUEUE,
                        new PriorityLevelConfiguration.Queuing(1, 1, 10))),
                null),
            List.of());
    levels.add(jail);
    schemas.add(schema("nodes-to-jail", 3, "system:nodes", "jail"));

    assertThat(hazards())
        .extracting(hazard -> hazard.object().name())
        .containsExactly("nodes-to-jail", "nodes-to-jail");
    assertThat(hazards())
        .extracting(Hazard::message)
        .contains(
            "a node's status may be refused: priority level jail has no seats and may borrow none");
  }
}
