package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.queueset.Dealer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("S63")
class FlowControlConfigurationTest {
  @Test
  void ordersBuiltInSchemasByPrecedenceThenName() {
    assertThat(FlowControlConfiguration.builtIn().schemas())
        .extracting(FlowSchema::name)
        .containsExactly(
            "exempt",
            "probes",
            "system-leader-election",
            "system-node-high",
            "system-nodes",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-system-service-accounts",
            "service-accounts",
            "global-default",
            "catch-all");
  }

  @Test
  void imaginesMandatoryObjectsAtBothEnds() {
    FlowControlConfiguration configuration =
        digest(List.of(schema("a", 1, "l"), schema("z", 10000, "l")), List.of(level("l", 64, 8)));

    assertThat(configuration.schemas())
        .extracting(FlowSchema::name)
        .containsExactly("exempt", "a", "z", "catch-all");
    assertThat(configuration.levels()).containsOnlyKeys("catch-all", "exempt", "l");
  }

  @Test
  void dropsSchemasThatLeadToAnImaginedLevel() {
    FlowControlConfiguration configuration =
        digest(List.of(schema("a", 5, "exempt"), schema("b", 5, "none")), List.of());

    assertThat(configuration.danglingSchemas()).containsExactly("a", "b");
    assertThat(configuration.schemas())
        .extracting(FlowSchema::name)
        .containsExactly("exempt", "catch-all");
  }

  @Test
  void ignoresLevelsNoQueueSetCanBeMadeOf() {
    FlowControlConfiguration configuration =
        digest(
            List.of(),
            List.of(
                level("hand-over-queues", 8, 9),
                level("too-many-queues", (1 << 26) + 1, 1),
                level("too-much-entropy", 1024, 7),
                level("fine", 1 << 26, 1),
                new PriorityLevelConfiguration(
                    ObjectMeta.of("exempt", "", Map.of()),
                    new PriorityLevelConfiguration.Spec("Exempt", null, null),
                    List.of())));

    assertThat(configuration.unusableLevels())
        .containsExactly("exempt", "hand-over-queues", "too-many-queues", "too-much-entropy");
    assertThat(configuration.levels()).containsOnlyKeys("catch-all", "exempt", "fine");
    assertThat(configuration.levels().get("exempt").spec().exempt()).isEqualTo(new Exempt(0, 0));
  }

  @Test
  void keepsTheLastAcceptedMandatoryLevel() {
    PriorityLevelConfiguration exempt =
        new PriorityLevelConfiguration(
            ObjectMeta.of("exempt", "u1", Map.of()),
            new PriorityLevelConfiguration.Spec("Exempt", null, new Exempt(20, 10)),
            List.of());
    FlowControlConfiguration first = digest(List.of(), List.of(exempt));

    FlowControlConfiguration second = FlowControlConfiguration.digest(List.of(), List.of(), first);

    assertThat(second.levels().get("exempt")).isEqualTo(exempt);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "2, 2",
    "15, 15",
    "16, 15",
    "17, 14",
    "32, 12",
    "60, 10",
    "64, 10",
    "128, 8",
    "256, 7",
    "512, 6",
    "1024, 6",
    "10000000, 2",
  })
  void boundsTheHandByItsHashBits(int queues, int largest) {
    assertThat(Dealer.accepts(queues, largest)).isTrue();
    assertThat(Dealer.accepts(queues, largest + 1)).isFalse();
  }

  @Tag("S64")
  @Test
  void boundsStayInRangeAtExtremes() {
    PriorityLevelConfiguration greedy =
        new PriorityLevelConfiguration(
            ObjectMeta.of("greedy", "", Map.of()),
            new PriorityLevelConfiguration.Spec(
                "Limited",
                new Limited(
                    Integer.MAX_VALUE, 100, Integer.MAX_VALUE, new LimitResponse("Reject", null)),
                null),
            List.of());

    LimitBounds bounds = LimitBounds.of(Integer.MAX_VALUE, List.of(greedy)).get("greedy");

    assertThat(bounds).isEqualTo(new LimitBounds(Integer.MAX_VALUE, 0, Integer.MAX_VALUE, 0));
    assertThat(LimitBounds.of(600, List.of(Bootstrap.exemptLevel())).get("exempt"))
        .isEqualTo(new LimitBounds(0, 0, 600, 0));
  }

  private static FlowControlConfiguration digest(
      List<FlowSchema> schemas, List<PriorityLevelConfiguration> levels) {
    return FlowControlConfiguration.digest(schemas, levels, null);
  }

  private static FlowSchema schema(String name, int precedence, String level) {
    return new FlowSchema(
        ObjectMeta.of(name, "", Map.of()),
        new FlowSchema.Spec(level, precedence, null, List.of()),
        List.of());
  }

  private static PriorityLevelConfiguration level(String name, int queues, int handSize) {
    return new PriorityLevelConfiguration(
        ObjectMeta.of(name, "", Map.of()),
        new PriorityLevelConfiguration.Spec(
            "Limited",
            new Limited(30, 0, null, new LimitResponse("Queue", new Queuing(queues, handSize, 50))),
            null),
        List.of());
  }
}
