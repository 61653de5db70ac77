package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Prints how much of a processor the pulses take of a real kube-apiserver: many times as many as
 * there are, less what it does by itself. Needs what {@link IsolationReport} needs; the argument is
 * the seconds of each part, 20 if absent. Source: specification limits.md L-40.
 */
final class PulseCostReport {
  private static final int PULSES_A_SECOND = 10;
  private static final int TIMES = 50;

  private PulseCostReport() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length == 0 ? 20 : Integer.parseInt(args[0]);
    Vertx vertx = Vertx.vertx();
    try (ControlPlane server = IsolationReport.start(List.of());
        LoadClient client =
            new LoadClient(
                vertx,
                IsolationReport.target(server.url(), server.pki("ca.crt"))
                    .as(ControlPlane.token("mouse")))) {
      Load pulses =
          client.start(LoadRequest.get("/livez/ping"), Pace.openLoop(PULSES_A_SECOND * TIMES));
      TimeUnit.SECONDS.sleep(5); // warm
      double with = cpuMillisPerSecond(server, seconds);
      LoadReport sent = pulses.stop();
      TimeUnit.SECONDS.sleep(2);
      double without = cpuMillisPerSecond(server, seconds);
      System.out.printf(
          "%d pulses (%s by status, p50 %.2f ms): kube-apiserver took %.1f ms of a processor a"
              + " second with %d a second and %.1f without: %.2f for the %d there are%n",
          sent.statuses().values().stream().mapToLong(Long::longValue).sum(),
          sent.statuses(),
          sent.percentile(50).toNanos() / 1e6,
          with,
          PULSES_A_SECOND * TIMES,
          without,
          (with - without) / TIMES,
          PULSES_A_SECOND);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static double cpuMillisPerSecond(ControlPlane server, int seconds) throws Exception {
    long begun = System.nanoTime();
    double before = ServerUse.cpuSeconds(server);
    TimeUnit.SECONDS.sleep(seconds);
    return (ServerUse.cpuSeconds(server) - before) * 1e12 / (System.nanoTime() - begun);
  }
}
