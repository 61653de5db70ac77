package io.apfproxy.kube.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import io.apfproxy.source.ObjectDecoder;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.HashMap;
import java.util.List;
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

  /** L-13: what is doubtful about a limit is doubtful whatever else there is. */
  @Test
  void saysOfALimitThatItIsSeldomMeantWhereItIsAccepted() {
    SourceObject limit = read(Map.of("type", "InFlight", "inFlight", Map.of("max", 5)));
    Verdict verdict = new Verdict("crd", limit, State.IN_FORCE, "");

    assertThat(
            Conditions.wanted(
                verdict,
                FlowControlConfiguration.builtIn(),
                Map.of(limit.key(), "it matches nothing"),
                1L))
        .extracting(
            c -> c.getType() + "=" + c.getStatus() + "/" + c.getReason() + ": " + c.getMessage())
        .containsExactly(
            "Accepted=True/ValidWithWarning: it matches nothing",
            "InForce=True/Applied: Requests are treated by this version");
  }

  private static SourceObject read(Map<String, Object> amounts) {
    Map<String, Object> spec = new HashMap<>(amounts);
    spec.put(
        "rules",
        List.of(
            Map.of(
                "subjects",
                List.of(Map.of("kind", "User", "user", Map.of("name", "*"))),
                "nonResourceRules",
                List.of(Map.of("verbs", List.of("*"), "nonResourceURLs", List.of("*"))))));
    Map<String, Object> object =
        Map.of(
            "apiVersion",
            "flowcontrol.apf-proxy.io/v1",
            "kind",
            "RateLimit",
            "metadata",
            Map.of("name", "l"),
            "spec",
            spec);
    return ObjectDecoder.stored(new ObjectMapper().valueToTree(object), "generation 1")
        .object()
        .filter(SourceObject::isValid)
        .orElseThrow();
  }

  private Condition inForce(Map<ObjectKey, String> hazards) {
    return Conditions.wanted(inForce, FlowControlConfiguration.builtIn(), hazards, 1L).stream()
        .filter(condition -> condition.getType().equals("InForce"))
        .findFirst()
        .orElseThrow();
  }
}
