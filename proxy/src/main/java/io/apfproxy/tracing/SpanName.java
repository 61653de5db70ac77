package io.apfproxy.tracing;

import io.apfproxy.request.RequestInfo;
import org.jspecify.annotations.Nullable;

/**
 * What the span of a request is called: method and kind of resource, and so one of few. Source:
 * reference, pkg/endpoints/filters/traces.go.
 */
final class SpanName {
  /** A client may ask for a resource of any name. */
  private static final int LONGEST = 256;

  private SpanName() {}

  static String of(String method, @Nullable RequestInfo info) {
    if (info == null || !info.resourceRequest()) {
      return cut(method);
    }
    StringBuilder name = new StringBuilder(96);
    name.append(method).append(" /").append(info.apiPrefix());
    if (!info.apiGroup().isEmpty()) {
      name.append('/').append(info.apiGroup());
    }
    name.append('/').append(info.apiVersion());
    if (!info.namespace().isEmpty()) {
      name.append("/namespaces/{:namespace}");
    }
    name.append('/').append(info.resource());
    if (!info.name().isEmpty()) {
      name.append("/{:name}");
    }
    if (!info.subresource().isEmpty()) {
      name.append('/').append(info.subresource());
    }
    return cut(name.toString());
  }

  private static String cut(String name) {
    return name.length() > LONGEST ? name.substring(0, LONGEST) : name;
  }
}
