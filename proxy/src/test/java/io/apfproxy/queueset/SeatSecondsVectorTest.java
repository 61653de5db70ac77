package io.apfproxy.queueset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class SeatSecondsVectorTest {
  @TestFactory
  Stream<DynamicTest> calculatesAsTheReference() {
    return VectorFiles.tests("seat-seconds.jsonl", SeatSecondsVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    switch (testCase.get("kind").textValue()) {
      case "seatsTimesDuration" ->
          assertThat(
                  Long.toUnsignedString(
                      SeatSeconds.of(
                          Double.parseDouble(testCase.get("seats").textValue()),
                          testCase.get("ns").longValue())))
              .isEqualTo(testCase.get("want").textValue());
      case "durationPerSeat" ->
          assertThat(
                  SeatSeconds.nanosPerSeat(
                      unsigned(testCase, "u"),
                      Double.parseDouble(testCase.get("seats").textValue())))
              .isEqualTo(testCase.get("wantNs").longValue());
      case "format" -> {
        long u = unsigned(testCase, "u");
        assertThat(SeatSeconds.format(u)).isEqualTo(testCase.get("wantString").textValue());
        assertThat(SeatSeconds.toDouble(u))
            .isEqualTo(Double.parseDouble(testCase.get("wantFloat").asText()));
      }
      case "work" -> {
        SeatRequest request =
            new RecordedRequest(
                0,
                0,
                testCase.path("initialSeats").intValue(),
                testCase.path("finalSeats").intValue(),
                testCase.path("additionalLatencyNs").longValue());
        assertThat(request.seats()).isEqualTo(testCase.get("maxSeats").intValue());
        assertThat(Long.toUnsignedString(request.totalWork))
            .isEqualTo(testCase.get("totalWork").asText());
        assertThat(Long.toUnsignedString(request.finalWork()))
            .isEqualTo(testCase.get("finalWork").asText());
      }
      default -> throw new IllegalArgumentException(testCase.get("kind").textValue());
    }
  }

  private static long unsigned(JsonNode testCase, String field) {
    return Long.parseUnsignedLong(testCase.get(field).textValue());
  }
}
