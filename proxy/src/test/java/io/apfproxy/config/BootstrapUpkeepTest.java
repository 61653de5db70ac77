package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.BootstrapUpkeep.Action;
import io.apfproxy.config.BootstrapUpkeep.Step;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The built-in objects are kept as kube-apiserver keeps its own: apf-config.md 3.3. */
class BootstrapUpkeepTest {
  private static final ObjectKey SYSTEM = new ObjectKey(Kind.PRIORITY_LEVEL, "system");
  private static final ObjectKey EXEMPT = new ObjectKey(Kind.PRIORITY_LEVEL, "exempt");
  private static final ObjectKey CATCH_ALL = new ObjectKey(Kind.PRIORITY_LEVEL, "catch-all");

  private final Map<ObjectKey, SourceObject> stored = new TreeMap<>();

  BootstrapUpkeepTest() {
    BuiltInObjects.all().forEach(object -> stored.put(object.key(), object));
  }

  @Test
  void nothingIsToDoWhereAllIsAsBuiltIn() {
    assertThat(BootstrapUpkeep.steps(stored)).isEmpty();
  }

  @Test
  void createsLevelsBeforeTheirSchemasAndTheMandatoryOnesLast() {
    List<Step> steps = BootstrapUpkeep.steps(Map.of());

    assertThat(steps).allMatch(s -> s.action() == Action.CREATE && s.autoUpdate());
    assertThat(steps)
        .extracting(step -> step.key().toString())
        .startsWith("PriorityLevelConfiguration system", "PriorityLevelConfiguration node-high")
        .containsSubsequence(
            "PriorityLevelConfiguration global-default", "FlowSchema probes",
            "FlowSchema global-default", "PriorityLevelConfiguration exempt")
        .endsWith("FlowSchema exempt", "FlowSchema catch-all")
        .hasSize(19);
  }

  /** What the operator said counts; without a word, whether the spec was ever changed. */
  @ParameterizedTest(name = "annotation {0}, generation {1}, spec changed {2}: {3}")
  @CsvSource({
    "true,  7, true,  'spec, true'",
    "T,     7, true,  'spec, true'",
    "true,  7, false, ''",
    "1,     7, false, ''",
    "false, 1, true,  ''",
    "F,     1, true,  ''",
    "'',    1, true,  'spec, true'",
    "'',    2, true,  'annotation, false'",
    "'',    1, false, 'annotation, true'",
    "yes,   1, true,  'spec, true'",
    "yes,   2, true,  'annotation, false'",
  })
  void putsASuggestedSpecBackUnlessItWasTakenOver(
      String annotation, long generation, boolean changed, String expected) {
    stored.put(SYSTEM, level("system", annotation, generation, changed ? 31 : 30, 33));

    assertThat(BootstrapUpkeep.steps(stored))
        .extracting(s -> (s.spec() == null ? "annotation, " : "spec, ") + s.autoUpdate())
        .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected));
  }

  @Test
  void putsAMandatorySpecBackWhateverIsSaid() {
    stored.put(CATCH_ALL, level("catch-all", "false", 9, 6, 0));

    assertThat(BootstrapUpkeep.steps(stored))
        .containsExactly(new Step(Action.UPDATE, CATCH_ALL, builtIn(CATCH_ALL), true));
  }

  @Test
  void leavesWhatTheExemptLevelLendsToTheOperator() {
    stored.put(EXEMPT, exempt(new Exempt(12, 50)));
    assertThat(BootstrapUpkeep.steps(stored)).isEmpty();

    stored.put(EXEMPT, exempt(null));
    assertThat(BootstrapUpkeep.steps(stored))
        .containsExactly(new Step(Action.UPDATE, EXEMPT, builtIn(EXEMPT), true));
  }

  @Test
  void deletesOnlyWhatCallsItselfBuiltInAndIsNot() {
    for (String annotation : List.of("true", "false", "yes", "")) {
      SourceObject object = level("level-" + annotation, annotation, 1, 5, 0);
      stored.put(object.key(), object);
    }

    assertThat(BootstrapUpkeep.steps(stored))
        .extracting(s -> s.action() + " " + s.key().name())
        .containsExactly("DELETE level-true");
  }

  private SourceObject builtIn(ObjectKey key) {
    return BuiltInObjects.all().stream().filter(o -> o.key().equals(key)).findFirst().orElseThrow();
  }

  private static SourceObject exempt(@Nullable Exempt exempt) {
    return SourceObject.of(
        new PriorityLevelConfiguration(
            ObjectMeta.of("exempt", "", Map.of(BootstrapUpkeep.AUTO_UPDATE, "true")),
            new PriorityLevelConfiguration.Spec("Exempt", null, exempt),
            List.of()),
        "test");
  }

  /** Like the built-in one, but for what is given. */
  private static SourceObject level(
      String name, String annotation, long generation, int shares, int lendable) {
    LimitResponse response =
        name.equals("system")
            ? new LimitResponse("Queue", new PriorityLevelConfiguration.Queuing(64, 6, 50))
            : new LimitResponse("Reject", null);
    return SourceObject.of(
        new PriorityLevelConfiguration(
            new ObjectMeta(
                name,
                "",
                "",
                "",
                generation,
                Map.of(),
                annotation.isEmpty() ? Map.of() : Map.of(BootstrapUpkeep.AUTO_UPDATE, annotation),
                List.of(),
                List.of()),
            new PriorityLevelConfiguration.Spec(
                "Limited", new Limited(shares, lendable, null, response), null),
            List.of()),
        "test");
  }
}
