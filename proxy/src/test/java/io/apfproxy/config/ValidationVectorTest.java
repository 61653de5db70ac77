package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Errors and defaults equal those of the reference. */
class ValidationVectorTest {
  @TestFactory
  Stream<DynamicTest> validationEqualsTheReference() {
    return VectorFiles.tests("validation.jsonl", ValidationVectorTest::check);
  }

  private static void check(JsonNode vector) {
    List<FieldError> errors;
    if (vector.get("kind").asText().equals("FlowSchema")) {
      FlowSchema schema = Defaults.apply(JsonObjects.flowSchema(vector.get("object")));
      errors = Validation.validate(schema);
      if (vector.has("defaulted")) {
        assertThat(schema).isEqualTo(JsonObjects.flowSchema(vector.get("defaulted")));
      }
    } else {
      PriorityLevelConfiguration level =
          Defaults.apply(JsonObjects.priorityLevel(vector.get("object")));
      errors = Validation.validate(level);
      if (vector.has("defaulted")) {
        assertThat(level).isEqualTo(JsonObjects.priorityLevel(vector.get("defaulted")));
      }
    }
    List<String> wanted = new ArrayList<>();
    vector
        .get("errors")
        .forEach(
            error -> wanted.add(error.get("type").asText() + " " + error.get("field").asText()));
    assertThat(errors)
        .extracting(error -> error.type().reason() + " " + error.field())
        .containsExactlyInAnyOrderElementsOf(wanted);
  }
}
