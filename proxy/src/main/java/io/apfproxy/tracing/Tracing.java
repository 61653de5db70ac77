package io.apfproxy.tracing;

import io.apfproxy.report.Account;
import io.apfproxy.report.Trace;
import io.apfproxy.report.Tracer;
import io.apfproxy.request.UserInfo;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.Clock;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Traces of requests, told to a collector. Thread-safe. Source: specification seeing.md V-95 to
 * V-97; reference, pkg/endpoints/filters/traces.go.
 */
public final class Tracing implements Tracer, AutoCloseable {
  /*
   * As in kube-apiserver a client's own trace is gone on with only for those who are trusted with
   * what that costs. Whoever else sends one begins a new trace, which names his as its link, and
   * whether that is kept is for the ratio alone to say.
   */
  private static final String MONITORING = "system:monitoring";

  /** For what waits still when it is closed. */
  private static final long LAST_MILLIS = 2_000;

  private static final int LONGEST_VALUE = 1024;

  /** The library's own complaints: ours are told by {@link SpanQueue}. Held, or it is forgotten. */
  private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

  private final RootSampler roots;
  private final SpanQueue queue;
  private final SdkTracerProvider provider;
  private final io.opentelemetry.api.trace.Tracer tracer;
  private final Clock clock;
  private final boolean namesUsers;

  /**
   * Starts to tell a collector.
   *
   * @param collector from now on only told by this
   * @param version of the proxy
   * @param namesUsers whether spans may say who asks
   */
  public Tracing(
      SpanExporter collector,
      TracingConfiguration configuration,
      String version,
      boolean namesUsers,
      Clock clock) {
    this.clock = clock;
    this.namesUsers = namesUsers;
    this.roots = new RootSampler(configuration.ratio(), clock);
    this.queue = new SpanQueue(collector);
    this.provider =
        SdkTracerProvider.builder()
            .setClock(clock)
            .setSampler(Sampler.parentBased(roots))
            .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(LONGEST_VALUE).build())
            .setResource(
                Resource.builder()
                    .put(AttributeKey.stringKey("service.name"), "apf-proxy")
                    .put(AttributeKey.stringKey("service.version"), version)
                    .build())
            .addSpanProcessor(queue)
            .build();
    this.tracer = provider.get("io.apfproxy");
  }

  /** Starts to tell the collector that is asked for. It need not be there yet. */
  public static Tracing open(
      TracingConfiguration configuration, String version, boolean namesUsers) {
    LIBRARY.setLevel(Level.OFF);
    SpanExporter collector =
        OtlpHttpSpanExporter.builder().setEndpoint(configuration.endpoint().toString()).build();
    return new Tracing(collector, configuration, version, namesUsers, Clock.getDefault());
  }

  /** One that makes all the spans it may, and tells nobody. */
  public static Tracing toNobody() {
    return new Tracing(
        SpanExporter.composite(),
        new TracingConfiguration(TracingFile.USUAL, TracingConfiguration.MOST_PER_MILLION),
        "",
        false,
        Clock.getDefault());
  }

  @Override
  public Trace begin(Account account, Iterable<Map.Entry<String, String>> head) {
    long toEpoch = clock.now() - clock.nanoTime();
    SpanBuilder span =
        tracer
            .spanBuilder(SpanName.of(account.method(), account.info()))
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(account.arrived() + toEpoch, TimeUnit.NANOSECONDS);
    SpanContext said = ClientContext.read(head);
    if (!said.isValid()) {
      span.setNoParent();
    } else if (isTrusted(account.authenticated())) {
      span.setParent(Context.root().with(Span.wrap(said)));
    } else {
      span.setNoParent().addLink(said);
    }
    return new RequestTrace(tracer, span.startSpan(), toEpoch, namesUsers);
  }

  private static boolean isTrusted(@Nullable UserInfo who) {
    return who != null
        && (who.groups().contains(UserInfo.MASTERS) || who.groups().contains(MONITORING));
  }

  /** How many spans are on their way. */
  public int waiting() {
    return queue.waiting();
  }

  /** How many may be. */
  public static int mostWaiting() {
    return SpanQueue.MOST_WAITING;
  }

  /** How many spans did not reach the collector. */
  public long dropped() {
    return queue.dropped();
  }

  /** How many traces were not kept, as too many began within a second. */
  public long tooManyRoots() {
    return roots.tooMany();
  }

  /** How many new traces are kept in a second, at most. */
  public static int mostRoots() {
    return RootSampler.MOST;
  }

  /** Tells what waits, and waits for that, two seconds at most. */
  void flush() {
    var unused = provider.forceFlush().join(LAST_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Tells what waits, for two seconds at most. Blocks meanwhile. */
  @Override
  public void close() {
    var unused = provider.shutdown().join(LAST_MILLIS, TimeUnit.MILLISECONDS);
  }
}
