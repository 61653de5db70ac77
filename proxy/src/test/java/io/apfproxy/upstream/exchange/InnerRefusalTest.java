package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which 429 says that kube-apiserver's own queues are full. */
@Tag("L-45")
class InnerRefusalTest {
  private static final String FLOW_SCHEMA = "X-Kubernetes-PF-FlowSchema-UID";

  @ParameterizedTest
  @CsvSource({
    "429, text/plain; charset=utf-8, uid, true",
    "429, text/plain; charset=utf-8, , false",
    "429, application/json, uid, false",
    "429, , uid, false",
    "503, text/plain; charset=utf-8, uid, false",
    "200, text/plain, uid, false"
  })
  void isThatOfItsFlowControlOnly(int code, String type, String schema, boolean expected) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    if (type != null) {
      headers.set("Content-Type", type);
    }
    if (schema != null) {
      headers.set(FLOW_SCHEMA, schema);
    }

    assertThat(InnerRefusal.is(code, headers)).isEqualTo(expected);
  }
}
