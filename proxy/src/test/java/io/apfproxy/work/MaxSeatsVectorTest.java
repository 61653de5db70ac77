package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Kind {@code sequence} is checked through the whole of flow control, beside it. */
class MaxSeatsVectorTest {
  @TestFactory
  Stream<DynamicTest> boundsTheWidthAsTheReferenceDoes() {
    return VectorFiles.tests("max-seats.jsonl", MaxSeatsVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    switch (testCase.path("kind").textValue()) {
      case "formula" -> formula(testCase);
      case "tracker" -> tracker(testCase);
      case "sequence" -> {}
      default -> fail("unknown kind");
    }
  }

  private static void formula(JsonNode testCase) {
    long nominalLimit = testCase.path("nominalCL").longValue();
    int handSize = testCase.path("handSize").intValue();

    assertThat(MaxSeats.of(nominalLimit, handSize)).isEqualTo(testCase.path("want").longValue());
  }

  private static void tracker(JsonNode testCase) {
    MaxSeats tracker = new MaxSeats();
    for (JsonNode op : testCase.path("ops")) {
      String level = op.path("name").textValue();
      switch (op.path("op").textValue()) {
        case "set" -> tracker.set(level, Long.parseUnsignedLong(op.path("value").textValue()));
        case "forget" -> tracker.forget(level);
        case "get" ->
            assertThat(Long.toUnsignedString(tracker.get(level)))
                .as("op %s", op)
                .isEqualTo(op.path("want").textValue());
        default -> fail("unknown op " + op);
      }
    }
  }
}
