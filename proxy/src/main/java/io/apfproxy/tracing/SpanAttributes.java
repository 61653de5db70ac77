package io.apfproxy.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import java.util.Set;

/**
 * What spans say of a request. Names without {@code apf.} are those of OpenTelemetry's conventions,
 * and kube-apiserver's. Source: specification seeing.md V-96.
 */
final class SpanAttributes {
  static final AttributeKey<String> AUDIT_ID = AttributeKey.stringKey("audit-id");
  static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
  static final AttributeKey<String> METHOD_ORIGINAL =
      AttributeKey.stringKey("http.request.method_original");
  static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
  static final AttributeKey<String> USER_AGENT = AttributeKey.stringKey("user_agent.original");
  static final AttributeKey<String> FLOW_SCHEMA = AttributeKey.stringKey("apf.flow_schema");
  static final AttributeKey<String> PRIORITY_LEVEL = AttributeKey.stringKey("apf.priority_level");

  /** Those that it held. */
  static final AttributeKey<Long> SEATS = AttributeKey.longKey("apf.seats");

  /** For them, in seconds, as flow control's metric has it. */
  static final AttributeKey<Double> WAIT = AttributeKey.doubleKey("apf.wait");

  /** The rule by which it was refused, cut off or ended. */
  static final AttributeKey<String> REFUSED = AttributeKey.stringKey("apf.refused");

  /** What a level or rate limit that holds nobody to it would have done. */
  static final AttributeKey<String> SHADOW = AttributeKey.stringKey("apf.shadow");

  /** Only where answers may say it. */
  static final AttributeKey<String> USER = AttributeKey.stringKey("enduser.id");

  private static final Set<String> METHODS =
      Set.of("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE");

  private SpanAttributes() {}

  /** One of few: who looks for a method finds all of its requests, whatever clients invent. */
  static void method(Span span, String method) {
    boolean known = METHODS.contains(method);
    span.setAttribute(METHOD, known ? method : "_OTHER");
    if (!known) {
      span.setAttribute(METHOD_ORIGINAL, method);
    }
  }
}
