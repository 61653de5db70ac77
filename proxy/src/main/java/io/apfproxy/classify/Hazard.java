package io.apfproxy.classify;

import io.apfproxy.config.Bootstrap;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.Kind;
import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is legal, and obeyed, but seldom meant. Source: specification security.md S57 and S69, of
 * rate limits limits.md L-13, of annotations seeing.md V-30.
 *
 * @param object the schema that leads there, the limit or the level
 * @param message for people
 */
public record Hazard(ObjectKey object, String message) {
  /*
   * Whether a lease can be renewed is found out by asking as those do who hold the cluster together. A level that lets requests wait
   * in queues of their own serves them sooner or later; one that has no queue, or can have no seat, refuses them as soon as others
   * are busy.
   */
  private static final Set<String> EVERYBODY =
      Set.of("*", UserInfo.AUTHENTICATED, UserInfo.UNAUTHENTICATED);

  /**
   * Whether what is seldom meant of such an object stands in it alone, whatever other objects say:
   * then {@code check} fails, and it is the object that is doubtful, not what it amounts to.
   */
  public static boolean isWithin(ObjectKey object) {
    return !object.kind().equals(Kind.FLOW_SCHEMA);
  }

  /** All there are in a configuration. Takes a classifier's making: not for an event loop. */
  public static List<Hazard> of(FlowControlConfiguration configuration) {
    List<Hazard> hazards = new ArrayList<>();
    for (FlowSchema schema : configuration.schemas()) {
      PriorityLevelConfiguration level =
          Objects.requireNonNull(configuration.levels().get(schema.spec().priorityLevel()));
      if (level.isExempt() && !isBuiltIn(schema)) {
        everybody(schema)
            .findFirst()
            .ifPresent(
                who ->
                    hazards.add(
                        new Hazard(
                            schema.key(),
                            "requests of \"%s\" are exempt: they never wait, however many"
                                .formatted(who))));
      }
    }
    Classifier classifier = new Classifier(configuration);
    for (VitalRequest vital : VitalRequest.ALL) {
      FlowMatch match = classifier.classify(vital.info(), vital.user());
      if (mayRefuse(match.level())) {
        hazards.add(
            new Hazard(
                match.schema().key(),
                "%s may be refused: priority level %s %s"
                    .formatted(
                        vital.what(),
                        match.level().name(),
                        match.level().queuing() == null
                            ? "has no queue"
                            : "has no seats and may borrow none")));
      }
    }
    for (PriorityLevelConfiguration level : configuration.levels().values()) {
      String finding = Enforcement.finding(level);
      if (finding != null) {
        hazards.add(new Hazard(level.key(), finding));
      }
    }
    for (RateLimit limit : configuration.rateLimits().values()) {
      LimitHazards.of(limit).forEach(message -> hazards.add(new Hazard(limit.key(), message)));
    }
    return hazards;
  }

  /**
   * Levels that may burst, in a proxy that has no seats for it. Source: specification limits.md
   * L-60.
   */
  public static List<Hazard> idleBursts(FlowControlConfiguration configuration) {
    return configuration.levels().values().stream()
        .filter(level -> level.burst() != null)
        .map(
            level ->
                new Hazard(
                    level.key(),
                    "spec.limited.burst has no effect: the proxy has no --burst-seats"))
        .toList();
  }

  /** Limits that many proxies would share, in one that is alone. Source: limits.md L-29. */
  public static List<Hazard> fleetsOfOne(FlowControlConfiguration configuration) {
    return configuration.rateLimits().values().stream()
        .filter(limit -> limit.spec().scope().equals(RateLimit.FLEET))
        .map(
            limit ->
                new Hazard(
                    limit.key(),
                    "spec.scope Fleet means what Proxy means: the proxy runs with --replicas=1"))
        .toList();
  }

  private static boolean isBuiltIn(FlowSchema schema) {
    return Bootstrap.flowSchemas().stream()
        .anyMatch(
            builtIn ->
                builtIn.name().equals(schema.name()) && builtIn.spec().equals(schema.spec()));
  }

  private static Stream<String> everybody(FlowSchema schema) {
    return schema.spec().rules().stream()
        .flatMap(rule -> rule.subjects().stream())
        .map(subject -> subject.group() == null ? user(subject) : subject.group())
        .filter(EVERYBODY::contains);
  }

  private static String user(Subject subject) {
    return Objects.requireNonNullElse(subject.user(), "");
  }

  private static boolean mayRefuse(PriorityLevelConfiguration level) {
    return !level.isExempt()
        && (level.queuing() == null
            || (level.nominalShares() == 0 && level.borrowingLimitPercent() != null));
  }
}
