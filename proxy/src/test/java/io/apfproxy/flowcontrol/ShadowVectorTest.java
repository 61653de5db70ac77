package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The recorded scenarios of queue sets with nobody held to the decisions: each request is sent on
 * the moment it comes, and what would have become of it is what the recording says, at the instant
 * that it says. Specification seeing.md V-33 to V-35.
 */
@Tag("V-35")
class ShadowVectorTest {
  @TestFactory
  Stream<DynamicTest> basic() {
    return VectorFiles.tests("queueset-basic.jsonl", ShadowVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> widths() {
    return VectorFiles.tests("queueset-widths.jsonl", ShadowVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> limits() {
    return VectorFiles.tests("queueset-limits.jsonl", ShadowVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> reconfigurations() {
    return VectorFiles.tests("queueset-reconfig.jsonl", ShadowVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> overflows() {
    return VectorFiles.tests("queueset-overflow.jsonl", ShadowVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> everythingAtOnce() {
    return VectorFiles.tests("queueset-fuzz.jsonl", ShadowVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> directed() {
    return VectorFiles.tests("queueset-directed.jsonl", ShadowVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> scenariosOfTheReference() {
    return VectorFiles.tests("queueset-upstream.jsonl", ShadowVectorTest::check);
  }

  private static void check(JsonNode scenario) {
    ShadowReplay replay = new ShadowReplay(scenario);

    replay.run();

    assertThat(replay.decisions()).isEqualTo(recorded(scenario));
    assertThat(replay.sentOnAtOnce()).as("sent on when they came").isEqualTo(arrivals(scenario));
    JsonNode totals = scenario.get("totals");
    assertThat(replay.totals())
        .as("dispatched, refused, cancelled, waiting")
        .isEqualTo(
            List.of(
                totals.get("executed").longValue(),
                totals.get("totRequestsRejected").longValue(),
                totals.get("totRequestsCancelled").longValue(),
                totals.get("stillWaiting").longValue()));
  }

  private static long arrivals(JsonNode scenario) {
    return scenario.get("totals").get("requests").longValue();
  }

  /** What became of each request, and when; by its number. */
  private static SortedMap<Long, String> recorded(JsonNode scenario) {
    SortedMap<Long, String> decisions = new TreeMap<>();
    for (JsonNode one : scenario.get("want")) {
      JsonNode at = one.has("dispatchedAt") ? one.get("dispatchedAt") : one.path("at");
      decisions.put(
          one.get("id").longValue(),
          one.get("outcome").textValue() + (at.isMissingNode() ? "" : " at " + at.longValue()));
    }
    return decisions;
  }
}
