package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.cli.StartException;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Tracer;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.tracing.Tracing;
import io.apfproxy.tracing.TracingConfiguration;
import io.apfproxy.tracing.TracingFileException;
import java.nio.file.Path;
import java.util.List;

/** Traces of requests, for those who want them. */
final class TracingPart {
  private TracingPart() {}

  /**
   * Starts it if that is asked for; it is closed after the listeners, so that it has all.
   *
   * @throws StartException if the file cannot be used
   */
  static Tracer open(ProxyOptions options, ProxyMetrics metrics, Closers closers)
      throws StartException {
    Path file = options.admin().tracing();
    if (file == null) {
      return Tracer.NONE;
    }
    TracingConfiguration configuration;
    try {
      configuration = TracingConfiguration.read(file);
    } catch (TracingFileException e) {
      throw new StartException("--tracing-config-file: " + e.getMessage(), e);
    }
    Tracing tracing =
        closers.add(
            "traces",
            Tracing.open(configuration, Version.NUMBER, options.flowControl().exposeHeaders()));
    ListenerPart.show(
        List.of(
            new Bound("spans", tracing::waiting, Tracing.mostWaiting(), tracing::dropped),
            new Bound("trace-roots", null, Tracing.mostRoots(), tracing::tooManyRoots)),
        metrics);
    metrics.bindSpansDropped(tracing::dropped);
    return tracing;
  }

  /** One for the warm-up, which tells nobody. */
  static Tracer rehearsal(ProxyOptions options, Closers closers) {
    return options.admin().tracing() == null
        ? Tracer.NONE
        : closers.add("warm-up traces", Tracing.toNobody());
  }
}
