package io.apfproxy.app;

import io.apfproxy.admin.AdminDoor;
import io.apfproxy.metrics.ProxyMetrics;
import io.apfproxy.report.Account;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.ConnectionLimits;
import io.apfproxy.server.listen.GuardedTransport;
import io.apfproxy.server.log.RefusalLog;
import io.vertx.core.Context;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Limits the operators' listener, and tells of whom it refused. */
final class AdminEntrance implements AdminDoor {
  private static final int CONNECTIONS = 256;
  private static final int CONNECTIONS_OF_ADDRESS = 64;
  private static final int HANDSHAKES = 64;
  private static final Duration HANDSHAKE_TIME = Duration.ofSeconds(10);
  private static final long SUM_UP_MILLIS = 10_000;

  private final ProxyMetrics metrics;
  private final RefusalLog log = new RefusalLog(System::nanoTime);

  AdminEntrance(ProxyMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void open(Context context) {
    ConnectionLimits limits =
        new ConnectionLimits(
            CONNECTIONS,
            CONNECTIONS_OF_ADDRESS,
            0,
            HANDSHAKES,
            address -> false,
            false,
            HANDSHAKE_TIME);
    GuardedTransport.guard(context, "admin", limits)
        .forEach(
            bound ->
                metrics.bindBound(bound.rule(), bound.used(), bound.limit(), bound.overflows()));
    context.owner().setPeriodic(SUM_UP_MILLIS, tick -> log.sumUp());
  }

  @Override
  public void refused(
      int code, String rule, String message, @Nullable Throwable cause, String address) {
    RefusedException refusal = new RefusedException(code, "", rule, message);
    Account account = new Account(System.nanoTime(), "none", address, "", "", null);
    account.refused(cause == null ? refusal : refusal.causedBy(cause));
    metrics.events().answered(account);
    log.answered(account);
  }

  @Override
  public void cutOff(String rule, String message, String address) {
    metrics.events().aborted(rule);
    log.notAccepted(rule, message, address);
  }
}
