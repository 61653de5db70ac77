package io.apfproxy.kube.write;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.source.ObjectCondition;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The conditions of one custom resource. {@link ObjectCondition} says which. */
final class Conditions {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Conditions() {}

  /** Those that stand in the object. */
  static List<Condition> of(GenericKubernetesResource resource) {
    Object conditions = resource.get("status", "conditions");
    return conditions == null
        ? List.of()
        : Arrays.asList(JSON.convertValue(conditions, Condition[].class));
  }

  /**
   * Those that should, without time.
   *
   * @param hazards what is seldom meant in this configuration, by object
   * @param generation of the object looked at
   */
  static List<Condition> wanted(
      Verdict verdict,
      FlowControlConfiguration inForce,
      Map<ObjectKey, String> hazards,
      @Nullable Long generation) {
    return ObjectCondition.of(verdict, inForce, hazards).stream()
        .map(one -> condition(one, generation))
        .toList();
  }

  private static Condition condition(ObjectCondition one, @Nullable Long generation) {
    return new ConditionBuilder()
        .withType(one.type())
        .withStatus(one.status() ? "True" : "False")
        .withReason(one.reason())
        .withMessage(one.message())
        .withObservedGeneration(generation)
        .build();
  }

  /** Whether all that is wanted stands there already. */
  static boolean say(List<Condition> present, List<Condition> wanted) {
    return wanted.stream()
        .allMatch(
            want ->
                present.stream()
                    .anyMatch(
                        is ->
                            want.getType().equals(is.getType())
                                && want.getStatus().equals(is.getStatus())
                                && want.getReason().equals(is.getReason())
                                && want.getMessage().equals(is.getMessage())
                                && Objects.equals(
                                    want.getObservedGeneration(), is.getObservedGeneration())));
  }

  /** Sets the times of transition: now where the status is another one, else as it stands there. */
  static void date(List<Condition> wanted, List<Condition> present, Instant now) {
    for (Condition want : wanted) {
      String before =
          present.stream()
              .filter(
                  is ->
                      want.getType().equals(is.getType())
                          && want.getStatus().equals(is.getStatus()))
              .map(Condition::getLastTransitionTime)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(now.toString());
      want.setLastTransitionTime(before);
    }
  }

  /** Whether the object is invalid in a way that was not told yet. */
  static boolean newlyInvalid(List<Condition> present, List<Condition> wanted) {
    Condition accepted = wanted.get(0);
    return accepted.getStatus().equals("False")
        && present.stream()
            .noneMatch(
                is ->
                    ObjectCondition.ACCEPTED.equals(is.getType())
                        && accepted.getStatus().equals(is.getStatus())
                        && accepted.getMessage().equals(is.getMessage()));
  }
}
