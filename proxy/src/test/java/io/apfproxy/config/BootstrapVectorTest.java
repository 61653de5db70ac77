package io.apfproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The built-in objects are those of kube-apiserver. */
class BootstrapVectorTest {
  @TestFactory
  Stream<DynamicTest> builtInObjectEqualsTheReference() {
    return VectorFiles.tests("bootstrap.jsonl", BootstrapVectorTest::check);
  }

  @Test
  @DisabledIfSystemProperty(named = "apf.vectors", matches = ".*", disabledReason = "counts ours")
  void thereAreNoOthers() {
    List<JsonNode> recorded = VectorFiles.load("bootstrap.jsonl");

    assertThat(Bootstrap.flowSchemas().size() + Bootstrap.priorityLevels().size())
        .isEqualTo(recorded.size());
  }

  private static void check(JsonNode vector) {
    String name = vector.get("name").asText();
    if (vector.get("kind").asText().equals("FlowSchema")) {
      FlowSchema recorded = JsonObjects.flowSchema(vector.get("object"));
      assertThat(Bootstrap.flowSchemas()).contains(recorded);
      assertThat(Defaults.apply(recorded)).isEqualTo(recorded);
    } else {
      PriorityLevelConfiguration recorded = JsonObjects.priorityLevel(vector.get("object"));
      assertThat(Bootstrap.priorityLevels()).contains(recorded);
      assertThat(Defaults.apply(recorded)).isEqualTo(recorded);
    }
    assertThat(Bootstrap.isMandatory(name))
        .isEqualTo(vector.get("set").asText().equals("mandatory"));
  }
}
