package io.apfproxy.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

@DisabledIfSystemProperty(named = "apf.vectors", matches = ".*", disabledReason = "reads its own")
class VectorFilesTest {
  @Test
  void readsEveryLineWithExactIntegers() {
    List<JsonNode> cases = VectorFiles.load("queueset-overflow.jsonl");

    assertThat(cases).hasSize(7);
    assertThat(cases.get(0).path("events").get(0).path("t").isIntegralNumber()).isTrue();
  }

  @Test
  void failsWithTheCaseAndTheAnswersOfADifference() {
    DynamicTest first =
        VectorFiles.tests(
                "integrator.jsonl",
                testCase -> assertThat(testCase.path("name").textValue()).isEqualTo("other"))
            .findFirst()
            .orElseThrow();

    assertThatThrownBy(first.getExecutable()::execute)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("integrator.jsonl upstream")
        .hasMessageContaining("\"other\"")
        .hasMessageContaining("\"events\"");
  }

  @Test
  void takesACheckedExceptionForADifference() {
    DynamicTest first =
        VectorFiles.tests(
                "integrator.jsonl",
                testCase -> {
                  throw new IOException("refused");
                })
            .findFirst()
            .orElseThrow();

    assertThatThrownBy(first.getExecutable()::execute)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("integrator.jsonl upstream")
        .hasMessageContaining("refused");
  }
}
