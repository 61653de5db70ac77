package io.apfproxy.source;

import io.apfproxy.classify.Hazard;
import io.apfproxy.config.ConfigurationPlan.State;
import io.apfproxy.config.ConfigurationPlan.Verdict;
import io.apfproxy.config.FieldError;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an object is like in one respect, as it stands in the {@code status} of our own kinds.
 * Source: specification apf-config.md 1.9, for Dangling.
 *
 * @param status whether it is what the type says
 * @param reason one word
 * @param message for people
 */
public record ObjectCondition(String type, boolean status, String reason, String message) {
  /** Whether an object is valid. */
  public static final String ACCEPTED = "Accepted";

  private static final String IN_FORCE = "InForce";
  private static final String DANGLING = "Dangling";
  private static final int LONGEST_MESSAGE = 30_000;

  private static final String VALID = "Valid";
  private static final String APPLIED = "Applied";
  private static final String FOUND = "Found";
  private static final String OVERRIDDEN = "Overridden";
  private static final Set<String> WELL = Set.of(VALID, APPLIED, FOUND, OVERRIDDEN);

  /**
   * Whether nobody has to do anything about it: what lies under another source's may be meant so.
   */
  public boolean isWell() {
    return WELL.contains(reason);
  }

  /**
   * Those of an object, always in the same order.
   *
   * @param hazards what is seldom meant in this configuration, by object
   */
  public static List<ObjectCondition> of(
      Verdict verdict, FlowControlConfiguration inForce, Map<ObjectKey, String> hazards) {
    List<ObjectCondition> conditions = new ArrayList<>();
    ObjectKey key = verdict.object().key();
    String hazard = verdict.state() == State.IN_FORCE ? hazards.get(key) : null;
    boolean within = Hazard.isWithin(key);
    conditions.add(accepted(verdict, within ? hazard : null));
    String level = verdict.object().content().leadsTo();
    boolean dangling = level != null && !inForce.levels().containsKey(level);
    conditions.add(inForce(verdict, dangling, within ? null : hazard));
    if (level != null) {
      conditions.add(
          new ObjectCondition(
              DANGLING,
              dangling,
              dangling ? "NotFound" : FOUND,
              "This "
                  + key.kind()
                  + " references the PriorityLevelConfiguration object named \""
                  + level
                  + "\""
                  + (dangling ? " but there is no such object" : " and it exists")));
    }
    return conditions;
  }

  private static ObjectCondition accepted(Verdict verdict, @Nullable String hazard) {
    if (!verdict.object().isValid()) {
      return new ObjectCondition(ACCEPTED, false, "Invalid", errors(verdict));
    }
    return hazard == null
        ? new ObjectCondition(ACCEPTED, true, VALID, "The object is valid")
        : new ObjectCondition(ACCEPTED, true, "ValidWithWarning", hazard);
  }

  private static ObjectCondition inForce(
      Verdict verdict, boolean dangling, @Nullable String hazard) {
    if (verdict.state() == State.IN_FORCE && dangling) {
      return new ObjectCondition(
          IN_FORCE, false, "Dangling", "Its priority level is missing: it matches nothing");
    }
    if (hazard != null) {
      return new ObjectCondition(IN_FORCE, true, "AppliedWithWarning", hazard);
    }
    return switch (verdict.state()) {
      case IN_FORCE ->
          new ObjectCondition(IN_FORCE, true, APPLIED, "Requests are treated by this version");
      case OVERRIDDEN ->
          new ObjectCondition(
              IN_FORCE,
              false,
              OVERRIDDEN,
              "The source " + verdict.overriddenBy() + " has an object of this name");
      case LAST_VALID ->
          new ObjectCondition(
              IN_FORCE, false, "LastValidVersion", "Its last valid version stays in force");
      case REJECTED -> new ObjectCondition(IN_FORCE, false, "Rejected", "It counts as absent");
    };
  }

  private static String errors(Verdict verdict) {
    String all =
        verdict.object().errors().stream()
            .map(FieldError::toString)
            .collect(Collectors.joining("; "));
    return all.length() > LONGEST_MESSAGE ? all.substring(0, LONGEST_MESSAGE) : all;
  }
}
