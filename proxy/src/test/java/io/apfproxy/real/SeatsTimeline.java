package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Prints, second by second, the seats, the upstream's delay, the lists and what a mouse feels, from
 * before an elephant's flood until after it, before a real kube-apiserver, and draws them as {@code
 * seats.png}. Needs what {@link IsolationReport} needs; the arguments are the seconds of the flood,
 * 30 if absent, the picture's folder, the working directory if absent, and what the {@link
 * Elephant} asks for, {@code lists} if absent.
 */
final class SeatsTimeline {
  private static final int QUIET_SECONDS = 8;
  private static final int MOST_SEATS = 30;
  static final String HEAD = "  s seats delay/ms lists/s mouse p50/ms p99/ms";

  private SeatsTimeline() {}

  public static void main(String[] args) throws Exception {
    int seconds = args.length == 0 ? 30 : Integer.parseInt(args[0]);
    Path folder = Files.createDirectories(Path.of(args.length < 2 ? "." : args[1]));
    Elephant asking = Elephant.of(args.length < 3 ? "lists" : args[2]);
    Vertx small = Vertx.vertx();
    Vertx large = Vertx.vertx();
    try (ControlPlane server = IsolationReport.start(List.of());
        ProxyProcess proxy =
            ProxyProcess.startAsFrontProxy(
                server,
                "--max-requests-inflight=20",
                "--max-mutating-requests-inflight=10",
                "--adaptive-seats",
                "--min-seats=1")) {
      asking.prepare(server);
      Target users = IsolationReport.target(proxy.url(), proxy.certificate());
      try (LoadClient mouse = new LoadClient(small, users.as(ControlPlane.token("mouse")));
          LoadClient elephant = new LoadClient(large, users.as(ControlPlane.token("elephant")))) {
        System.out.println(HEAD);
        List<Second> all =
            new ArrayList<>(watch(proxy, mouse, null, -QUIET_SECONDS, QUIET_SECONDS));
        Load flood = elephant.start(asking.requests(), Elephant.PACE);
        all.addAll(watch(proxy, mouse, flood, 0, seconds));
        flood.stop();
        all.addAll(watch(proxy, mouse, null, seconds, QUIET_SECONDS));
        SeatsPlot.write(all, folder.resolve("seats"));
      }
    } finally {
      small.close().toCompletionStage().toCompletableFuture().join();
      large.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /**
   * What one second brought.
   *
   * @param number since the flood's begin
   * @param delay of upstream, milliseconds
   * @param p50 of the mouse, milliseconds
   * @param p99 of the mouse, milliseconds
   */
  record Second(int number, int seats, double delay, double lists, double p50, double p99) {
    String text() {
      return String.format(
          "%3d %5d %8.1f %7.0f %12.1f %6.1f  %s",
          number, seats, delay, lists, p50, p99, "#".repeat(Math.min(MOST_SEATS, seats)));
    }
  }

  /**
   * Prints so many of them.
   *
   * @param from number of the first
   */
  static List<Second> watch(
      ProxyProcess proxy, LoadClient mouse, @Nullable Load flood, int from, int seconds)
      throws Exception {
    List<Second> all = new ArrayList<>();
    long lists = flood == null ? 0 : flood.report().succeeded();
    Load small = mouse.start(IsolationReport.SMALL, Pace.openLoop(20));
    for (int second = from; second < from + seconds; second++) {
      long begin = System.nanoTime();
      small.recount();
      TimeUnit.SECONDS.sleep(1);
      LoadReport felt = small.report();
      long now = flood == null ? 0 : flood.report().succeeded();
      double took = (System.nanoTime() - begin) / 1e9;
      PrometheusText metrics = metrics(proxy);
      Second one =
          new Second(
              second,
              (int) metrics.value("apf_proxy_seats", Map.of("bound", "now")),
              1_000 * metrics.value("apf_proxy_upstream_delay_seconds", Map.of()),
              (now - lists) / took,
              millis(felt.percentile(50)),
              millis(felt.percentile(99)));
      System.out.println(one.text());
      all.add(one);
      lists = now;
    }
    small.drain(); // a request that is reset keeps its seats for a second
    return all;
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static PrometheusText metrics(ProxyProcess proxy) throws Exception {
    URI page = proxy.admin().resolve("/metrics");
    return PrometheusText.parse(
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString())
            .body());
  }
}
