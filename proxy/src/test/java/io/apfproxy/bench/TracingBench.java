package io.apfproxy.bench;

import io.apfproxy.report.Account;
import io.apfproxy.report.Tracer;
import io.apfproxy.request.UserInfo;
import io.apfproxy.tracing.TracedRequest;
import io.apfproxy.tracing.Tracing;
import io.apfproxy.tracing.TracingConfiguration;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What traces cost a request on its event loop: {@code off} must cost and allocate nothing, {@code
 * kept} makes all four spans, {@code notKept} writes the context only. Specification seeing.md
 * V-97.
 */
public class TracingBench extends TimedBench {
  private static final URI NOWHERE = URI.create("http://localhost:4318/v1/traces");
  private static final List<Map.Entry<String, String>> HEAD =
      List.of(
          Map.entry("accept", "application/json"),
          Map.entry("user-agent", "kubectl/v1.37.0"),
          Map.entry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));

  private Tracing tracing;
  private Account trusted;
  private Account ordinary;
  private Tracer none;

  /** Takes all, at once. */
  private static final class Drain implements SpanExporter {
    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  /** Prepares. */
  @Setup
  public void prepare() {
    none = Tracer.NONE;
    tracing =
        new Tracing(
            new Drain(), new TracingConfiguration(NOWHERE, 0), "1", false, Clock.getDefault());
    trusted = account(UserInfo.of("root", UserInfo.MASTERS));
    ordinary = account(UserInfo.of("ann", "dev"));
  }

  private static Account account(UserInfo who) {
    return TracedRequest.of("GET", "/api/v1/namespaces/shop/pods/till")
        .by(Tracer.NONE, who)
        .seated(null)
        .sent(200)
        .end();
  }

  /** Stops. */
  @TearDown
  public void close() {
    tracing.close();
  }

  private static Object trace(Tracer tracer, Account account) {
    var trace = tracer.begin(account, HEAD);
    Object lines = trace.sent(account.sentAt());
    trace.ended(account);
    return lines;
  }

  /** Nobody wants traces. */
  @Benchmark
  public Object off() {
    return trace(none, trusted);
  }

  /** Goes on with a trace that is kept. */
  @Benchmark
  public Object kept() {
    return trace(tracing, trusted);
  }

  /** Begins a trace that is not kept. */
  @Benchmark
  public Object notKept() {
    return trace(tracing, ordinary);
  }
}
