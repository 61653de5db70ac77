package io.apfproxy.classify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.JsonObjects;
import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.UserInfo;
import io.apfproxy.vectors.VectorFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Order, levels, dangling schemas and every request's flow equal what the reference decided. */
class ClassifierVectorTest {
  @TestFactory
  Stream<DynamicTest> classificationEqualsTheReference() {
    return VectorFiles.tests("classify.jsonl", ClassifierVectorTest::check);
  }

  @TestFactory
  Stream<DynamicTest> flowHashEqualsTheReference() {
    return VectorFiles.tests(
        "flow-hash.jsonl",
        vector ->
            assertThat(
                    FlowHash.of(
                        vector.get("flowSchema").asText(), vector.get("distinguisher").asText()))
                .isEqualTo(Long.parseUnsignedLong(vector.get("hash").asText())));
  }

  private static void check(JsonNode vector) {
    FlowControlConfiguration configuration =
        FlowControlConfiguration.digest(
            JsonObjects.flowSchemas(vector.get("flowSchemas")),
            JsonObjects.priorityLevels(vector.get("priorityLevels")),
            FlowControlConfiguration.empty());
    assertThat(configuration.schemas())
        .extracting(FlowSchema::name)
        .isEqualTo(texts(vector.get("wantOrder")));
    assertThat(configuration.levels().keySet())
        .containsExactlyElementsOf(texts(vector.get("wantLevels")));
    assertThat(configuration.danglingSchemas())
        .containsExactlyElementsOf(texts(vector.get("wantDangling")));

    Classifier classifier = new Classifier(configuration);
    for (JsonNode request : vector.get("requests")) {
      FlowMatch match =
          classifier.classify(
              RecordedRequests.info(request.get("method").asText(), request.get("url").asText()),
              UserInfo.of(
                  request.get("user").get("name").asText(),
                  texts(request.get("user").get("groups")).toArray(String[]::new)));
      JsonNode want = request.get("want");
      assertThat(
              List.of(
                  match.schema().name(),
                  match.level().name(),
                  match.flowDistinguisher(),
                  Long.toUnsignedString(match.flowHash())))
          .as(request.toString())
          .containsExactly(
              want.get("flowSchema").asText(),
              want.get("priorityLevel").asText(),
              want.get("flowDistinguisher").asText(),
              want.get("hash").asText());
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
