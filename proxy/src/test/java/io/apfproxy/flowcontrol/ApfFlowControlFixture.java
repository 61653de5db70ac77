package io.apfproxy.flowcontrol;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.time.ManualTime;
import java.util.List;

/** Flow control with level {@code a} for ann, and {@code b} for bob if there is one. */
abstract class ApfFlowControlFixture {
  static final String PODS = "/api/v1/namespaces/ns/pods/p";
  static final FlowSchema TO_A = Config.schema("schema-a", "a", "ann");
  static final FlowSchema TO_B = Config.schema("schema-b", "b", "bob");

  final ManualTime time = new ManualTime();

  /** As many seats for level {@code a} as the server has. */
  ApfFlowControl control(int seats, PriorityLevelConfiguration... levels) {
    return control(FlowControlSettings.of(seats), levels);
  }

  ApfFlowControl control(FlowControlSettings settings, PriorityLevelConfiguration... levels) {
    ApfFlowControl control =
        ApfFlowControl.create(
            settings, FlowControlConfiguration.empty(), time, time, FlowMetrics.NONE);
    control.apply(levels.length > 1 ? List.of(TO_A, TO_B) : List.of(TO_A), List.of(levels));
    return control;
  }

  static LevelSnapshot level(ApfFlowControl control, String name) {
    return control.snapshot().stream()
        .filter(level -> level.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no level " + name));
  }
}
