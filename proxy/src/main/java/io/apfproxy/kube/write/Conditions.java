package io.apfproxy.kube.write;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.classify.Hazard;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.ObjectKey;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The conditions of one custom resource. Source: specification apf-config.md 1.9, for Dangling. */
final class Conditions {
  private static final String ACCEPTED = "Accepted";
  private static final String IN_FORCE = "InForce";
  private static final String DANGLING = "Dangling";
  private static final int LONGEST_MESSAGE = 30_000;
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
    List<Condition> wanted = new ArrayList<>();
    ObjectKey key = verdict.object().key();
    String hazard = verdict.state() == State.IN_FORCE ? hazards.get(key) : null;
    boolean within = Hazard.isWithin(key);
    wanted.add(accepted(verdict, within ? hazard : null, generation));
    String level = verdict.object().content().leadsTo();
    boolean dangling = level != null && !inForce.levels().containsKey(level);
    wanted.add(inForce(verdict, dangling, within ? null : hazard, generation));
    if (level != null) {
      wanted.add(
          condition(
              DANGLING,
              dangling,
              dangling ? "NotFound" : "Found",
              "This "
                  + key.kind()
                  + " references the PriorityLevelConfiguration object named \""
                  + level
                  + "\""
                  + (dangling ? " but there is no such object" : " and it exists"),
              generation));
    }
    return wanted;
  }

  private static Condition accepted(
      Verdict verdict, @Nullable String hazard, @Nullable Long generation) {
    if (!verdict.object().isValid()) {
      return condition(ACCEPTED, false, "Invalid", errors(verdict), generation);
    }
    return hazard == null
        ? condition(ACCEPTED, true, "Valid", "The object is valid", generation)
        : condition(ACCEPTED, true, "ValidWithWarning", hazard, generation);
  }

  private static Condition inForce(
      Verdict verdict, boolean dangling, @Nullable String hazard, @Nullable Long generation) {
    if (verdict.state() == State.IN_FORCE && dangling) {
      return condition(
          IN_FORCE,
          false,
          "Dangling",
          "Its priority level is missing: it matches nothing",
          generation);
    }
    if (hazard != null) {
      return condition(IN_FORCE, true, "AppliedWithWarning", hazard, generation);
    }
    return switch (verdict.state()) {
      case IN_FORCE ->
          condition(IN_FORCE, true, "Applied", "Requests are treated by this version", generation);
      case OVERRIDDEN ->
          condition(
              IN_FORCE,
              false,
              "Overridden",
              "The source " + verdict.overriddenBy() + " has an object of this name",
              generation);
      case LAST_VALID ->
          condition(
              IN_FORCE,
              false,
              "LastValidVersion",
              "Its last valid version stays in force",
              generation);
      case REJECTED -> condition(IN_FORCE, false, "Rejected", "It counts as absent", generation);
    };
  }

  private static String errors(Verdict verdict) {
    String all =
        verdict.object().errors().stream()
            .map(FieldError::toString)
            .collect(Collectors.joining("; "));
    return all.length() > LONGEST_MESSAGE ? all.substring(0, LONGEST_MESSAGE) : all;
  }

  private static Condition condition(
      String type, boolean status, String reason, String message, @Nullable Long generation) {
    return new ConditionBuilder()
        .withType(type)
        .withStatus(status ? "True" : "False")
        .withReason(reason)
        .withMessage(message)
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
                    ACCEPTED.equals(is.getType())
                        && accepted.getStatus().equals(is.getStatus())
                        && accepted.getMessage().equals(is.getMessage()));
  }
}
