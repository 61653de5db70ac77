package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;

/**
 * A real kube-apiserver is killed under informers that list 1 MB and watch, beside a mouse, and is
 * started again on the same port. Prints for the proxy as it is, without ramp, and without hold and
 * ramp what came to the server second by second after the return, what informers and mouse saw, and
 * what the server took. Source: specification limits.md L-91, L-94.
 */
final class RestartReport {
  private static final String CONFIG_MAPS = "/api/v1/namespaces/load/configmaps";
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration MEASURED = Duration.ofSeconds(20);
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pace MOUSE_PACE = Pace.openLoop(20);

  private enum Setting {
    RAMP("hold and ramp", "--min-seats=30"),
    NO_RAMP("hold, no ramp", "--min-seats=600"),
    NOTHING("neither hold nor ramp", "--min-seats=600 --hold-while-down=0");

    private final String told;
    private final String flags;

    Setting(String told, String flags) {
      this.told = told;
      this.flags = flags;
    }
  }

  private RestartReport() {}

  /**
   * Measures with {@code KUBEBUILDER_ASSETS} and {@code -Dapf.jar}. The arguments are the number of
   * informers, 300 if absent, the seconds from the kill to the new start, 3 if absent, the number
   * of rounds, 1 if absent, and the only setting, all if absent.
   */
  public static void main(String[] args) throws Exception {
    int informers = args.length == 0 ? 300 : Integer.parseInt(args[0]);
    int away = args.length < 2 ? 3 : Integer.parseInt(args[1]);
    int rounds = args.length < 3 ? 1 : Integer.parseInt(args[2]);
    for (int round = 0; round < rounds; round++) {
      Setting[] settings =
          args.length < 4 ? Setting.values() : new Setting[] {Setting.valueOf(args[3])};
      for (Setting setting : settings) {
        try (ControlPlane cluster =
            IsolationReport.start(new ControlPlane.Options(false, true, List.of()))) {
          measure(cluster, informers, Duration.ofSeconds(away), setting);
        }
      }
    }
  }

  private static void measure(ControlPlane cluster, int number, Duration away, Setting setting)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster, setting.flags.split(" "));
        Informers informers =
            new Informers(
                new Reflector.Source(proxy.url(), ControlPlane.token("elephant"), CONFIG_MAPS),
                proxy.certificate(),
                number);
        LoadClient mouse =
            new LoadClient(
                vertx,
                IsolationReport.target(proxy.url(), proxy.certificate())
                    .as(ControlPlane.token("mouse")))) {
      awaitAll(informers);
      Load before = mouse.start(IsolationReport.SMALL, MOUSE_PACE);
      Thread.sleep(CALM.toMillis());
      before.drain();
      informers.newEnds();

      long killed = System.nanoTime();
      cluster.signal("kube-apiserver", "KILL");
      Load across = mouse.start(IsolationReport.SMALL, MOUSE_PACE);
      Thread.sleep(away.toMillis());
      Instant from = Instant.now();
      try (ServerUse use = new ServerUse(cluster)) {
        cluster.restart();
        long back = System.nanoTime();
        Instant ready = Instant.now();
        Thread.sleep(CALM.toMillis());
        across.drain();
        Load after = mouse.start(IsolationReport.SMALL, MOUSE_PACE);
        awaitAll(informers);
        Thread.sleep(MEASURED.toMillis());
        after.drain();

        Arrivals arrivals = Arrivals.of(cluster, "elephant", from);
        System.out.printf(
            "%s: killed for %.1f s; all %d watch again %.1f s after the server said to be ready%n"
                + "  informers came at seconds (from the start, ready at %.1f) %s, at most %d a"
                + " second: %s%n"
                + "  informers saw %s%n"
                + "  mouse before: %s%n  mouse from the kill to 5 s after the return: %s%n"
                + "  mouse from then on: %s%n"
                + "  the server answered the mouse %s, the proxy refused %s%n"
                + "  server: %.2f processors at most, %d MiB at most%n",
            setting.told,
            (back - killed) / 1e9,
            number,
            (informers.allSince() - back) / 1e9,
            Duration.between(from, ready).toMillis() / 1e3,
            arrivals.bySecond(),
            arrivals.peak(),
            arrivals.answers(),
            informers.newEnds(),
            text(before.report()),
            text(across.report()),
            text(after.report()),
            Arrivals.of(cluster, "mouse", from).answers(),
            refusals(proxy),
            use.cores(),
            use.residentBytes() >> 20);
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** By rule. */
  private static List<String> refusals(ProxyProcess proxy) {
    return proxy
        .page("/metrics")
        .lines()
        .filter(line -> line.startsWith("apf_proxy_refusals"))
        .map(line -> line.replaceFirst("^\\S*?\\{", "{"))
        .toList();
  }

  private static void awaitAll(Informers informers) {
    Awaitility.await().atMost(LIMIT).until(() -> informers.allWatchFor(CALM.toNanos()));
  }

  /** Latencies and how requests ended. */
  static String text(LoadReport seen) {
    return String.format(
        "p50 %d ms, p99 %d ms, at most %d ms, %s, %d without an answer, %d still wait",
        seen.percentile(50).toMillis(),
        seen.percentile(99).toMillis(),
        seen.percentile(100).toMillis(),
        seen.statuses(),
        seen.failures(),
        seen.inFlight());
  }
}
