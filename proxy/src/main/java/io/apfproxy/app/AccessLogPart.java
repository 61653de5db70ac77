package io.apfproxy.app;

import io.apfproxy.cli.ProxyOptions;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Reporter;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.log.AccessLog;
import io.apfproxy.server.log.LineWriter;
import io.apfproxy.time.TimeSource;
import java.util.List;

/** The log of requests, for those who want one. */
final class AccessLogPart {
  private AccessLogPart() {}

  /** Starts it if that is asked for; it is closed after the listeners, so that it has all. */
  static Reporter open(ProxyOptions.Admin options, ProxyMetrics metrics, Closers closers) {
    ProxyOptions.AccessLogging asked = options.accessLog();
    if (asked == null) {
      return Reporter.NONE;
    }
    AccessLog log =
        closers.add(
            "access log",
            AccessLog.open(
                asked.file(), asked.sample(), asked.slow().toNanos(), TimeSource.system()));
    ListenerPart.show(
        List.of(new Bound("access-log", log::waiting, LineWriter.MOST_WAITING, log::dropped)),
        metrics);
    metrics.bindAccessLog("access", log::dropped);
    return log;
  }
}
