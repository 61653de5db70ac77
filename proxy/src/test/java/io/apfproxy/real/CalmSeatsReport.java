package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * An elephant that asks for a fifth of what a real kube-apiserver can do, and a mouse, with seats
 * that follow the server and with all of them. Prints how many found no seat when they came, and
 * the fewest seats beside those in use that were seen. Needs what {@link IsolationReport} needs;
 * the arguments are the seconds with adaptive seats, 600 if absent, of which all seats have a
 * tenth, and what the {@link Elephant} asks for a second, 27 searches if absent. Source:
 * specification limits.md L-44.
 */
final class CalmSeatsReport {
  private static final List<String> ALL_SEATS =
      List.of("--max-requests-inflight=20", "--max-mutating-requests-inflight=10");
  private static final int MICE = 20;
  private static final int LOOKS_A_SECOND = 10;
  private static final int WARM_SECONDS = 20;

  private CalmSeatsReport() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length == 0 ? 600 : Integer.parseInt(args[0]);
    double searches = args.length < 2 ? 27 : Double.parseDouble(args[1]);
    Vertx vertx = Vertx.vertx();
    try (ControlPlane server = IsolationReport.start(List.of());
        ProxyProcess adaptive =
            ProxyProcess.startAsFrontProxy(
                server, ALL_SEATS.get(0), ALL_SEATS.get(1), "--adaptive-seats");
        ProxyProcess fixed =
            ProxyProcess.startAsFrontProxy(server, ALL_SEATS.toArray(String[]::new))) {
      Elephant.SEARCHES.prepare(server);
      measure("adaptive seats", adaptive, vertx, searches, seconds);
      measure("all seats", fixed, vertx, searches, seconds / 10);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static void measure(
      String name, ProxyProcess proxy, Vertx vertx, double searches, int seconds)
      throws InterruptedException {
    Target users = IsolationReport.target(proxy.url(), proxy.certificate());
    try (LoadClient mouse = new LoadClient(vertx, users.as(ControlPlane.token("mouse")));
        LoadClient elephant = new LoadClient(vertx, users.as(ControlPlane.token("elephant")))) {
      Load small = mouse.start(IsolationReport.SMALL, Pace.openLoop(MICE));
      Load large = elephant.start(Elephant.SEARCHES.requests(), Pace.openLoop(searches));
      TimeUnit.SECONDS.sleep(WARM_SECONDS);
      small.recount();
      large.recount();
      PrometheusText before = PrometheusText.parse(proxy.page("/metrics"));
      double least = Double.MAX_VALUE;
      int below = 0;
      for (int look = 0; look < seconds * LOOKS_A_SECOND; look++) {
        TimeUnit.MILLISECONDS.sleep(1_000 / LOOKS_A_SECOND);
        PrometheusText now = PrometheusText.parse(proxy.page("/metrics"));
        double room =
            now.value("apf_proxy_seats", Map.of("bound", "now"))
                - sum(now, "apiserver_flowcontrol_current_executing_seats", Map.of());
        least = Math.min(least, room);
        below += room < 0 ? 1 : 0;
      }
      PrometheusText after = PrometheusText.parse(proxy.page("/metrics"));
      System.out.printf(
          "%s, %d s, %.0f searches and %d small requests a second: %.0f of %.0f found no seat when"
              + " they came, %.0f waited 5 ms or longer; at least %.0f seats beside those in use,"
              + " fewer than in use at %d of %d looks; mouse %s; searches %s%n",
          name,
          seconds,
          searches,
          MICE,
          waited(after, "0.0") - waited(before, "0.0"),
          all(after) - all(before),
          waited(after, "0.005") - waited(before, "0.005"),
          least,
          below,
          seconds * LOOKS_A_SECOND,
          text(small.stop()),
          text(large.stop()));
    }
  }

  private static String text(LoadReport report) {
    return String.format(
        "p50 %.1f ms, p99 %.1f ms, %s",
        millis(report.percentile(50)), millis(report.percentile(99)), report.statuses());
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  /** Requests that waited longer than so many seconds, a bound of the histogram. */
  private static double waited(PrometheusText page, String bound) {
    return all(page)
        - sum(
            page,
            "apiserver_flowcontrol_request_wait_duration_seconds_bucket",
            Map.of("le", bound));
  }

  private static double all(PrometheusText page) {
    return sum(page, "apiserver_flowcontrol_request_wait_duration_seconds_count", Map.of());
  }

  /** Of all series with these labels, but those of the level {@code exempt}. */
  private static double sum(PrometheusText page, String name, Map<String, String> labels) {
    return page.samples().stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.labels().entrySet().containsAll(labels.entrySet()))
        .filter(sample -> !"exempt".equals(sample.labels().get("priority_level")))
        .mapToDouble(PrometheusText.Sample::value)
        .sum();
  }
}
