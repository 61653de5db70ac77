package io.apfproxy.flowcontrol;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.Burst;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Objects for tests. UIDs are the names with {@code -uid}. */
final class Config {
  private static final List<String> ALL = List.of("*");

  private Config() {}

  /** Queues, lends nothing, borrows nothing. */
  static PriorityLevelConfiguration queuing(String name, int shares, int queues, int length) {
    return level(name, shares, 0, 0, queues(queues, length));
  }

  /** Refuses what does not fit, lends nothing, borrows nothing. */
  static PriorityLevelConfiguration rejecting(String name, int shares) {
    return level(name, shares, 0, 0, new LimitResponse(PriorityLevelConfiguration.REJECT, null));
  }

  /** Queues, lends as it is told, borrows without bound. */
  static PriorityLevelConfiguration lending(String name, int shares, int lendablePercent) {
    return level(name, shares, lendablePercent, null, queues(1, 1000));
  }

  /** The same, held to its decisions as its annotation says. */
  static PriorityLevelConfiguration enforcing(PriorityLevelConfiguration level, Enforcement mode) {
    return new PriorityLevelConfiguration(
        ObjectMeta.of(level.name(), level.uid(), Map.of(Enforcement.ANNOTATION, mode.toString())),
        level.spec(),
        List.of());
  }

  /**
   * @param burst what it may spend beyond its limit; null for nothing
   */
  static PriorityLevelConfiguration bursting(
      PriorityLevelConfiguration level, @Nullable Burst burst) {
    Limited limited = Objects.requireNonNull(level.spec().limited());
    return new PriorityLevelConfiguration(
        level.metadata(),
        new PriorityLevelConfiguration.Spec(
            level.spec().type(),
            new Limited(
                limited.nominalShares(),
                limited.lendablePercent(),
                limited.borrowingLimitPercent(),
                limited.limitResponse(),
                burst),
            null),
        List.of());
  }

  static LimitResponse queues(int queues, int length) {
    return new LimitResponse(
        PriorityLevelConfiguration.QUEUE, new Queuing(queues, Math.min(queues, 2), length));
  }

  static PriorityLevelConfiguration level(
      String name, int shares, int lendable, Integer borrowing, LimitResponse response) {
    return new PriorityLevelConfiguration(
        metadata(name),
        new PriorityLevelConfiguration.Spec(
            PriorityLevelConfiguration.LIMITED,
            new Limited(shares, lendable, borrowing, response),
            null),
        List.of());
  }

  /** Everything a user asks for. */
  static FlowSchema schema(String name, String level, String user) {
    return new FlowSchema(
        metadata(name),
        new FlowSchema.Spec(
            level,
            100,
            FlowSchema.BY_USER,
            List.of(
                new FlowSchema.Rule(
                    List.of(Subject.user(user)),
                    List.of(new ResourceRule(ALL, ALL, ALL, true, ALL)),
                    List.of(new NonResourceRule(ALL, ALL))))),
        List.of());
  }

  private static ObjectMeta metadata(String name) {
    return ObjectMeta.of(name, name + "-uid", Map.of());
  }
}
