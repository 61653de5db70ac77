package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("S55")
class DroppedRequestsVectorTest {
  @TestFactory
  Stream<DynamicTest> asksClientsToStayAwayAsLongAsTheReferenceDoes() {
    return VectorFiles.tests("dropped-requests.jsonl", DroppedRequestsVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    Map<String, DroppedRequests> levels = new HashMap<>();
    for (JsonNode event : testCase.path("events")) {
      DroppedRequests drops =
          levels.computeIfAbsent(event.path("level").textValue(), name -> new DroppedRequests());
      if (event.path("event").textValue().equals("drop")) {
        for (int i = 0; i < event.path("count").intValue(); i++) {
          drops.record(event.path("t").longValue());
        }
      } else {
        assertThat(drops.retryAfterSeconds())
            .as("level %s at %s", event.path("level"), event.path("t"))
            .isEqualTo(event.path("want").intValue());
      }
    }
  }
}
