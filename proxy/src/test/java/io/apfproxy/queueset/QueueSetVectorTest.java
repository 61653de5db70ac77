package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apfproxy.borrowing.SeatDemand;
import io.apfproxy.vectors.VectorFiles;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Who runs when, in which queue, who is refused and why; R, S and the queues to the last digit. */
class QueueSetVectorTest {
  static final List<String> FILES =
      List.of(
          "queueset-basic.jsonl",
          "queueset-widths.jsonl",
          "queueset-limits.jsonl",
          "queueset-reconfig.jsonl",
          "queueset-overflow.jsonl",
          "queueset-fuzz.jsonl",
          "queueset-directed.jsonl",
          "queueset-upstream.jsonl");

  private static final ObjectMapper JSON = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> basic() {
    return VectorFiles.tests("queueset-basic.jsonl", QueueSetVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> widths() {
    return VectorFiles.tests("queueset-widths.jsonl", QueueSetVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> limits() {
    return VectorFiles.tests("queueset-limits.jsonl", QueueSetVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> reconfigurations() {
    return VectorFiles.tests("queueset-reconfig.jsonl", QueueSetVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> overflows() {
    return VectorFiles.tests("queueset-overflow.jsonl", QueueSetVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> everythingAtOnce() {
    return VectorFiles.tests("queueset-fuzz.jsonl", QueueSetVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> directed() {
    return VectorFiles.tests("queueset-directed.jsonl", QueueSetVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> scenariosOfTheReference() {
    return VectorFiles.tests("queueset-upstream.jsonl", QueueSetVectorTest::check);
  }

  private static void check(JsonNode scenario) throws Exception {
    check(scenario, new Replay(scenario));
  }

  static void check(JsonNode scenario, Replay replay) throws Exception {
    replay.run();

    assertSame("decision", replay.decisions, scenario.get("want"));
    assertSame("snapshot", replay.snapshots, scenario.get("snapshots"));
    JsonNode totals = scenario.get("totals");
    assertThat(normal(replay.totals)).as("totals").isEqualTo(without(totals, "ties", "seatDemand"));
    JsonNode demand =
        scenario.has("seatDemandCorrected")
            ? scenario.get("seatDemandCorrected")
            : totals.get("seatDemand");
    assertDemand(replay.demand(), demand);
  }

  /** One by one, so that the first difference is shown, and not two long lists. */
  private static void assertSame(String what, JsonNode got, JsonNode want) throws Exception {
    for (int i = 0; i < Math.min(got.size(), want.size()); i++) {
      assertThat(normal(got.get(i)))
          .as(what + " " + i)
          .isEqualTo(without(want.get(i), "upstreamTotSeatsWaiting"));
    }
    assertThat(got.size()).as("number of " + what + "s").isEqualTo(want.size());
  }

  private static void assertDemand(SeatDemand got, JsonNode want) {
    double seconds = number(want, "duration");
    assertThat(got.seconds()).as("demand, seconds").isCloseTo(seconds, within(1e-12 * seconds));
    assertThat(got.min()).as("demand, least").isEqualTo(number(want, "min"));
    assertThat(got.max()).as("demand, most").isEqualTo(number(want, "max"));
    double average = number(want, "average");
    assertThat(got.average()).as("demand, average").isCloseTo(average, within(1e-9 * average));
    double deviation = number(want, "deviation");
    assertThat(got.deviation())
        .as("demand, deviation")
        .isCloseTo(deviation, within(1e-9 * deviation + 1e-6 * average));
  }

  private static double number(JsonNode node, String field) {
    return Double.parseDouble(node.get(field).asText());
  }

  /** The same with numbers as a parser makes them. */
  private static JsonNode normal(JsonNode node) throws Exception {
    return JSON.readTree(node.toString());
  }

  private static JsonNode without(JsonNode node, String... fields) {
    ObjectNode copy = node.deepCopy();
    return copy.remove(List.of(fields));
  }
}
