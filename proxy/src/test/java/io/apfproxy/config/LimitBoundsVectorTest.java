package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.vectors.VectorFiles;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Limits that follow from configuration alone equal what the reference digested. */
class LimitBoundsVectorTest {
  @TestFactory
  Stream<DynamicTest> boundsEqualTheReference() {
    return VectorFiles.tests("concurrency-limits.jsonl", LimitBoundsVectorTest::checkBounds);
  }

  @TestFactory
  Stream<DynamicTest> widestRequestEqualsTheReference() {
    return VectorFiles.load("max-seats.jsonl").stream()
        .filter(vector -> vector.get("kind").asText().equals("formula"))
        .map(vector -> DynamicTest.dynamicTest(vector.toString(), () -> checkWidest(vector)));
  }

  private static void checkBounds(JsonNode vector) {
    FlowControlConfiguration configuration =
        FlowControlConfiguration.digest(
            List.of(), JsonObjects.priorityLevels(vector.get("priorityLevels")), null);
    Map<String, LimitBounds> bounds =
        LimitBounds.of(
            vector.get("serverConcurrencyLimit").asInt(), configuration.levels().values());

    Map<String, LimitBounds> wanted = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : vector.get("want").properties()) {
      JsonNode want = entry.getValue();
      wanted.put(
          entry.getKey(),
          new LimitBounds(
              want.get("nominalCL").asInt(),
              want.get("minCL").asInt(),
              most(want),
              want.get("maxSeats").asInt()));
    }
    assertThat(bounds).isEqualTo(wanted);
    assertThat(bounds.values().stream().mapToInt(LimitBounds::nominal).sum())
        .isEqualTo(vector.get("wantNominalCLSum").asInt());
  }

  /** With a huge percentage the reference's is wider than an int; ours ends there. */
  private static int most(JsonNode want) {
    return (int) Math.min(Integer.MAX_VALUE, want.get("maxCL").asLong());
  }

  private static void checkWidest(JsonNode vector) {
    Queuing queuing = new Queuing(64, vector.get("handSize").asInt(), 50);
    assertThat(LimitBounds.maxSeats(vector.get("nominalCL").asInt(), queuing))
        .isEqualTo(vector.get("want").asInt());
  }
}
