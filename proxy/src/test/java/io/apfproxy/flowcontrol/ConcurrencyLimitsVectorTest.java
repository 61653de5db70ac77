package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.JsonObjects;
import io.apfproxy.time.ManualTime;
import io.apfproxy.vectors.VectorFiles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ConcurrencyLimitsVectorTest {
  private record Limits(int nominal, int min, int max, int current) {}

  @TestFactory
  Stream<DynamicTest> sharesSeatsAsTheReferenceDoes() {
    return VectorFiles.tests("concurrency-limits.jsonl", ConcurrencyLimitsVectorTest::check);
  }

  private static void check(JsonNode vector) {
    ApfFlowControl control = control(vector.path("serverConcurrencyLimit").intValue());

    control.apply(List.of(), JsonObjects.priorityLevels(vector.path("priorityLevels")));

    Map<String, Limits> want = new TreeMap<>();
    for (Map.Entry<String, JsonNode> level : vector.path("want").properties()) {
      JsonNode limits = level.getValue();
      want.put(
          level.getKey(),
          new Limits(
              limits.path("nominalCL").intValue(),
              limits.path("minCL").intValue(),
              (int) Math.min(Integer.MAX_VALUE, limits.path("maxCL").longValue()),
              limits.path("currentCL").intValue()));
    }
    assertThat(limits(control)).isEqualTo(want);
    assertThat(control.snapshot().stream().mapToInt(LevelSnapshot::nominalLimit).sum())
        .isEqualTo(vector.path("wantNominalCLSum").intValue());
    assertThat(control.seatFairFraction())
        .isCloseTo(vector.path("wantFairFrac").doubleValue(), within(1e-9));
  }

  private static ApfFlowControl control(int serverLimit) {
    ManualTime time = new ManualTime();
    return ApfFlowControl.create(
        FlowControlSettings.of(serverLimit),
        FlowControlConfiguration.empty(),
        time,
        time,
        FlowMetrics.NONE);
  }

  private static Map<String, Limits> limits(ApfFlowControl control) {
    return control.snapshot().stream()
        .collect(
            Collectors.toMap(
                LevelSnapshot::name,
                ConcurrencyLimitsVectorTest::limitsOf,
                (a, b) -> a,
                TreeMap::new));
  }

  private static Limits limitsOf(LevelSnapshot level) {
    return new Limits(
        level.nominalLimit(), level.minLimit(), level.maxLimit(), level.currentLimit());
  }
}
