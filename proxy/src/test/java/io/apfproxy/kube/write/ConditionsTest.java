package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private final SourceObject schema =
      SourceObject.of(Bootstrap.flowSchemas().get(0), "generation 1");
  private final Verdict inForce = new Verdict("crd", schema, State.IN_FORCE, "");

  @Test
  @Tag("S57")
  @Tag("S69")
  void saysInTheConditionWhatIsLegalButSeldomMeant() {
    Condition condition = inForce(Map.of(schema.key(), "everybody is exempt"));

    assertThat(condition.getStatus()).isEqualTo("True");
    assertThat(condition.getReason()).isEqualTo("AppliedWithWarning");
    assertThat(condition.getMessage()).isEqualTo("everybody is exempt");
  }

  @Test
  void saysThatItIsAppliedWhereThereIsNothingToWarnOf() {
    assertThat(inForce(Map.of(new ObjectKey(Kind.FLOW_SCHEMA, "another"), "x")).getReason())
        .isEqualTo("Applied");
  }

  private Condition inForce(Map<ObjectKey, String> hazards) {
    return Conditions.wanted(inForce, FlowControlConfiguration.builtIn(), hazards, 1L).stream()
        .filter(condition -> condition.getType().equals("InForce"))
        .findFirst()
        .orElseThrow();
  }
}
