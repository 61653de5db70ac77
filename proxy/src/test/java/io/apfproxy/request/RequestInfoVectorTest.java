package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.vectors.VectorFiles;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Request info equals what kube-apiserver recorded. */
@Tag("S49")
class RequestInfoVectorTest {
  @TestFactory
  Stream<DynamicTest> requestInfoEqualsTheReference() {
    return VectorFiles.tests("request-info.jsonl", RequestInfoVectorTest::check);
  }

  private static void check(JsonNode vector) throws RefusedException {
    String method = vector.get("method").asText();
    String url = vector.get("url").asText();
    if (vector.has("error")) {
      RefusedException refused =
          catchThrowableOfType(
              RefusedException.class,
              () -> RequestInfoParser.parse(method, RequestTarget.readAsUpstream(url)));
      assertThat(refused).isNotNull();
      assertThat(refused.code())
          .isEqualTo(vector.get("errorStage").asText().equals("url") ? 400 : 500);
      return;
    }
    RequestInfo info = RequestInfoParser.parse(method, RequestTarget.readAsUpstream(url));
    assertThat(info).isEqualTo(wanted(vector.get("want")));
    assertThat(LongRunning.isLongRunning(info)).isEqualTo(vector.get("longRunning").asBoolean());
  }

  private static RequestInfo wanted(JsonNode want) {
    return new RequestInfo(
        want.get("isResourceRequest").asBoolean(),
        want.get("path").asText(),
        want.get("verb").asText(),
        want.get("apiPrefix").asText(),
        want.get("apiGroup").asText(),
        want.get("apiVersion").asText(),
        want.get("namespace").asText(),
        want.get("resource").asText(),
        want.get("subresource").asText(),
        want.get("name").asText(),
        want.path("fieldSelector").asText(),
        want.path("labelSelector").asText());
  }
}
