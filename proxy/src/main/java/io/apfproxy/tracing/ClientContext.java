package io.apfproxy.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes what header lines say of a trace. Source: W3C Trace Context. */
final class ClientContext {
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";
  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();
  private static final TextMapSetter<List<Map.Entry<String, String>>> ADD =
      (lines, name, value) -> {
        if (lines != null) {
          lines.add(Map.entry(name, value));
        }
      };

  private ClientContext() {}

  /** The two values of a head. */
  private record Said(String parent, @Nullable String state) {}

  private static final TextMapGetter<Said> SAID =
      (said, name) -> {
        if (said == null) {
          return null;
        }
        return name.equals(PARENT) ? said.parent() : name.equals(STATE) ? said.state() : null;
      };

  /** What a client says; {@link SpanContext#getInvalid} if that is nothing, or not to be read. */
  static SpanContext read(Iterable<Map.Entry<String, String>> head) {
    String parent = null;
    String state = null;
    for (Map.Entry<String, String> line : head) {
      String name = line.getKey();
      if (name.equalsIgnoreCase(PARENT)) {
        if (parent != null) {
          return SpanContext.getInvalid(); // nobody has two
        }
        parent = line.getValue();
      } else if (name.equalsIgnoreCase(STATE)) {
        state = state == null ? line.getValue() : state + "," + line.getValue();
      }
    }
    if (parent == null) {
      return SpanContext.getInvalid();
    }
    Context found = W3C.extract(Context.root(), new Said(parent, state), SAID);
    return Span.fromContext(found).getSpanContext();
  }

  /**
   * The header lines that say so, with no flag but {@code sampled}: older libraries, those of
   * kube-apiserver among them, read no context that has {@code random}, too.
   */
  static List<Map.Entry<String, String>> write(SpanContext span) {
    SpanContext told =
        SpanContext.create(
            span.getTraceId(),
            span.getSpanId(),
            span.isSampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
            span.getTraceState());
    List<Map.Entry<String, String>> lines = new ArrayList<>(2);
    W3C.inject(Context.root().with(Span.wrap(told)), lines, ADD);
    return lines;
  }
}
