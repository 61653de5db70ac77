package io.apfproxy.borrowing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class IntegratorVectorTest {
  @TestFactory
  Stream<DynamicTest> integratesAsTheReference() {
    return VectorFiles.tests("integrator.jsonl", IntegratorVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    SeatDemandIntegrator integrator = new SeatDemandIntegrator(0);
    List<SeatDemand> got = new ArrayList<>();
    for (JsonNode event : testCase.get("events")) {
      long now = event.get("t").longValue();
      double given = event.path("value").asDouble();
      switch (event.get("op").textValue()) {
        case "set" -> integrator.set(now, given);
        case "add" -> integrator.add(now, given);
        case "inc" -> integrator.add(now, 1);
        case "dec" -> integrator.add(now, -1);
        case "get" -> got.add(integrator.get(now));
        case "reset" -> got.add(integrator.reset(now));
        default -> throw new IllegalArgumentException(event.toString());
      }
    }
    List<SeatDemand> want = new ArrayList<>();
    for (JsonNode result : testCase.get("want")) {
      want.add(
          new SeatDemand(
              number(result, "duration"),
              number(result, "average"),
              number(result, "deviation"),
              number(result, "min"),
              number(result, "max")));
    }
    assertThat(got).isEqualTo(want);
  }

  private static double number(JsonNode result, String field) {
    return Double.parseDouble(result.get(field).asText());
  }
}
