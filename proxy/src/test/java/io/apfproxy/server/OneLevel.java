package io.apfproxy.server;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.flowcontrol.ApfFlowControl;
import io.apfproxy.flowcontrol.FlowControl;
import io.apfproxy.flowcontrol.FlowControlSettings;
import io.apfproxy.flowcontrol.FlowMetrics;
import io.apfproxy.time.DelayedActions;
import io.apfproxy.time.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Real flow control with one level for all, in whose one queue all wait in turn. */
final class OneLevel {
  private static final List<String> ALL = List.of("*");

  private OneLevel() {}

  static FlowControl of(int seats) {
    ApfFlowControl control = empty(seats);
    control.apply(List.of(schema("level")), List.of(level("level")));
    return control;
  }

  /**
   * The same, whose level holds only some to what it decides, or nobody.
   *
   * @param later ends what would not have ended yet when its exchange does
   */
  static ApfFlowControl of(int seats, Enforcement who, FlowMetrics metrics, DelayedActions later) {
    ApfFlowControl control =
        create(FlowControlSettings.of(seats).withEnforcement(who), metrics, later);
    control.apply(List.of(schema("level")), List.of(level("level")));
    return control;
  }

  /** Without any. */
  static ApfFlowControl empty(int seats) {
    return create(
        FlowControlSettings.of(seats),
        FlowMetrics.NONE,
        (nanos, action) ->
            CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(action));
  }

  private static ApfFlowControl create(
      FlowControlSettings settings, FlowMetrics metrics, DelayedActions later) {
    return ApfFlowControl.create(
        settings, FlowControlConfiguration.empty(), TimeSource.system(), later, metrics);
  }

  static PriorityLevelConfiguration level(String name) {
    return new PriorityLevelConfiguration(
        ObjectMeta.of(name, name, Map.of()),
        new PriorityLevelConfiguration.Spec(
            PriorityLevelConfiguration.LIMITED,
            new PriorityLevelConfiguration.Limited(
                100,
                0,
                0,
                new PriorityLevelConfiguration.LimitResponse(
                    PriorityLevelConfiguration.QUEUE,
                    new PriorityLevelConfiguration.Queuing(1, 1, 10))),
            null),
        List.of());
  }

  static FlowSchema schema(String level) {
    return new FlowSchema(
        ObjectMeta.of("all", "all", Map.of()),
        new FlowSchema.Spec(
            level,
            100,
            FlowSchema.BY_USER,
            List.of(
                new FlowSchema.Rule(
                    List.of(FlowSchema.Subject.user("*")),
                    List.of(new FlowSchema.ResourceRule(ALL, ALL, ALL, true, ALL)),
                    List.of(new FlowSchema.NonResourceRule(ALL, ALL))))),
        List.of());
  }
}
