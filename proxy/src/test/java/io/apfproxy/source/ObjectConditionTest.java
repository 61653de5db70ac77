package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.SourceObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which conditions ask somebody to look. Specification seeing.md V-70. */
@Tag("V-70")
class ObjectConditionTest {
  private final FlowSchema probes =
      Bootstrap.flowSchemas().stream()
          .filter(schema -> schema.name().equals("probes"))
          .findFirst()
          .orElseThrow();
  private final SourceObject valid = SourceObject.of(probes, "a.yaml:1");

  private static List<String> of(SourceObject object, State state, String overriddenBy) {
    return ObjectCondition.of(
            new Verdict("files", object, state, overriddenBy),
            FlowControlConfiguration.builtIn(),
            Map.of())
        .stream()
        .map(one -> one.type() + " " + one.status() + " " + one.reason() + " " + one.isWell())
        .toList();
  }

  @Test
  void nothingIsToBeDoneAboutWhatIsInForceOrUnderAnother() {
    assertThat(of(valid, State.IN_FORCE, ""))
        .containsExactly(
            "Accepted true Valid true", "InForce true Applied true", "Dangling false Found true");
    assertThat(of(valid, State.OVERRIDDEN, "crd")).contains("InForce false Overridden true");
  }

  @Test
  void somebodyHasToLookAtWhatIsInvalid() {
    SourceObject wrong =
        valid.with(List.of(new FieldError(FieldError.Type.INVALID, "spec", "is wrong")));

    assertThat(of(wrong, State.LAST_VALID, ""))
        .contains("Accepted false Invalid false", "InForce false LastValidVersion false");
    assertThat(of(wrong, State.REJECTED, "")).contains("InForce false Rejected false");
  }
}
