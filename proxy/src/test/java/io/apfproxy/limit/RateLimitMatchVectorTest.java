package io.apfproxy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.JsonObjects;
import io.apfproxy.config.RateLimit;
import io.apfproxy.gate.FakeAsked;
import io.apfproxy.limit.LimitTable.Place;
import io.apfproxy.request.RecordedRequests;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import io.apfproxy.vectors.VectorFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The rules of a schema, as those of a limit, mean the same: of the limits that concern a request
 * the first is that of its schema. Specification limits.md L-14.
 */
class RateLimitMatchVectorTest {
  @TestFactory
  Stream<DynamicTest> concernsWhatItsSchemaWouldMatch() {
    return VectorFiles.tests("classify.jsonl", RateLimitMatchVectorTest::check);
  }

  private static void check(JsonNode vector) {
    List<FlowSchema> schemas =
        FlowControlConfiguration.digest(
                JsonObjects.flowSchemas(vector.get("flowSchemas")),
                JsonObjects.priorityLevels(vector.get("priorityLevels")),
                FlowControlConfiguration.empty())
            .schemas();
    var around =
        new RateLimits.Surroundings(
            digest -> 1, address -> false, 1, Enforcement.ENFORCE, most -> 0);
    List<Limit> limits = new ArrayList<>();
    for (FlowSchema schema : schemas) {
      RateLimit limit = Limiting.of(schema.name()).rules(schema.spec().rules()).perSecond(1, 1);
      limits.add(Limit.of(limit, null, around, new ManualTime().nanoTime()));
    }
    LimitSet set = new LimitTable(limits).at(Place.PACES);
    for (JsonNode request : vector.get("requests")) {
      UserInfo user =
          UserInfo.of(
              request.get("user").get("name").asText(),
              texts(request.get("user").get("groups")).toArray(String[]::new));
      Found found =
          set.find(
              new FakeAsked(
                  new RequestDigest(
                      RecordedRequests.info(
                          request.get("method").asText(), request.get("url").asText()),
                      user,
                      "")));
      String first = found.number() == 0 ? "catch-all" : set.limit(found, 0).name();
      assertThat(first)
          .as(request.toString())
          .isEqualTo(request.get("want").get("flowSchema").asText());
    }
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
