package io.apfproxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Source: reference, pkg/endpoints/filters/traces.go, getSpanNameFromRequestInfo. */
class SpanNameTest {
  private static String name(String method, String target) throws RefusedException {
    return SpanName.of(method, RequestInfoParser.parse(method, RequestTarget.parse(target)));
  }

  @ParameterizedTest
  @CsvSource({
    "GET,   /api/v1/pods?watch=1,                    GET /api/v1/pods",
    "GET,   /api/v1/namespaces/shop/pods,            GET /api/v1/namespaces/{:namespace}/pods",
    "GET,   /api/v1/nodes/n1,                        GET /api/v1/nodes/{:name}",
    "GET,   /api/v1/namespaces/shop,                 GET /api/v1/namespaces/{:namespace}/namespaces/{:name}",
    "POST,  /api/v1/namespaces/shop/pods/till/exec,  POST /api/v1/namespaces/{:namespace}/pods/{:name}/exec",
    "PATCH, /apis/apps/v1/namespaces/a/deployments/b/status, PATCH /apis/apps/v1/namespaces/{:namespace}/deployments/{:name}/status",
    "GET,   /version,                                GET",
    "GET,   /api/v1,                                 GET",
    "GET,   /,                                       GET",
  })
  void isTheServers(String method, String target, String name) throws RefusedException {
    assertThat(name(method, target)).isEqualTo(name);
  }

  @Test
  void isNotAsLongAsAClientLikes() throws RefusedException {
    assertThat(name("GET", "/api/v1/" + "p".repeat(10_000))).hasSize(256);
    assertThat(SpanName.of("X".repeat(10_000), null)).hasSize(256);
  }
}
