package io.apfproxy.upstream.exchange;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/**
 * Whether kube-apiserver's own flow control refused a request: 429 is also what evictions, webhooks
 * and limits of events answer, but those do so by a JSON object. Source: reference,
 * priority-and-fairness.go; specification limits.md L-45.
 */
final class InnerRefusal {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final CharSequence FLOW_SCHEMA =
      HttpHeaders.createOptimized("x-kubernetes-pf-flowschema-uid");

  private InnerRefusal() {}

  static boolean is(int code, MultiMap headers) {
    if (code != TOO_MANY_REQUESTS || !headers.contains(FLOW_SCHEMA)) {
      return false;
    }
    String type = headers.get(HttpHeaders.CONTENT_TYPE);
    return type != null && type.startsWith("text/plain");
  }
}
