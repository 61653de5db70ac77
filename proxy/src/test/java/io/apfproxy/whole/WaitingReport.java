package io.apfproxy.whole;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.child.Ports;
import io.apfproxy.fixtures.prometheus.PrometheusText;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Prints what requests that wait for seats take of the proxy's heap, over HTTP/2 and beside their
 * connections, and how many are answered a second while so many wait and while ten do, in turn. It
 * needs {@code -Dapf.jar}; the arguments are how many, 30,000 if absent, and the rounds, 3 if
 * absent.
 */
final class WaitingReport {
  private static final int SEATS = 10;
  private static final int FEW = 10;
  private static final int STREAMS = 100;
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final Duration MEASURED = Duration.ofSeconds(8);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: crowd}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: 10000
          lendablePercent: 0
          limitResponse: {type: Queue, queuing: {queues: 64, handSize: 6, queueLengthLimit: %d}}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: crowd}
      spec:
        priorityLevelConfiguration: {name: crowd}
        matchingPrecedence: 100
        rules:
        - subjects: [{kind: User, user: {name: %s}}]
          resourceRules:
          - {verbs: ['*'], apiGroups: [''], resources: [configmaps], namespaces: ['*']}
      """;

  private final int number;
  private final ChildProxy proxy;
  private final Vertx vertx;
  private final Site site;
  private final Upstream upstream;

  private WaitingReport(int number, ChildProxy proxy, Vertx vertx, Site site, Upstream upstream) {
    this.number = number;
    this.proxy = proxy;
    this.vertx = vertx;
    this.site = site;
    this.upstream = upstream;
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    int number = args.length == 0 ? 30_000 : Integer.parseInt(args[0]);
    int rounds = args.length < 2 ? 3 : Integer.parseInt(args[1]);
    Site site = Site.make(Files.createTempDirectory("waiting-"));
    Path levels = Files.createDirectory(site.folder().resolve("levels"));
    Files.writeString(levels.resolve("crowd.yaml"), LEVEL.formatted(number, FastUpstream.USER));
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    Ports ports = Ports.free();
    try (Upstream upstream = UpstreamProcess.start(site);
        ChildProxy proxy =
            ChildProxy.start(new ProcessBuilder(command(site, levels, ports)), ports, null)
                .awaitReady()) {
      WaitingReport report = new WaitingReport(number, proxy, vertx, site, upstream);
      for (int round = 1; round <= rounds; round++) {
        report.answers(round, FEW);
        report.answers(round, number);
      }
      for (int round = 1; round <= rounds; round++) {
        report.bytes(round);
      }
    }
    System.exit(0);
  }

  private static List<String> command(Site site, Path levels, Ports ports) {
    List<String> command = ChildProxy.java("-Xmx4g", "-jar", ChildProxy.jar());
    command.addAll(
        List.of(
            "--kubeconfig=" + site.kubeconfig(),
            "--tls-cert-file=" + site.certificate(),
            "--tls-private-key-file=" + site.key(),
            "--allow-privileged-impersonation",
            "--flowcontrol-source=builtin,files:" + levels,
            "--max-requests-inflight=" + (SEATS - 1),
            "--max-mutating-requests-inflight=1",
            "--request-timeout=20m")); // nobody who waits is to give up
    command.addAll(ports.flags());
    return command;
  }

  private Clients clients() {
    return new Clients(
        vertx, site.authority(), proxy.port(), upstream.token(), Protocol.H2, number / STREAMS + 1);
  }

  private void answers(int round, int waiting) {
    try (Clients clients = clients()) {
      Figures figures =
          Figures.of(
              Stint.run(
                  new ClosedLoop(clients, FastUpstream.SMALL, seats() + waiting),
                  SETTLING,
                  MEASURED,
                  1,
                  () -> ProcessUse.cpuNanos(proxy.pid())));
      System.out.printf(
          "round %d, %d wait for %d seats: %.0f answers/s, %.0f µs of the proxy each, %d failed%n",
          round, waiting, seats(), figures.perSecond(), figures.cpuMicros(), figures.failed());
    }
  }

  private void bytes(int round) {
    try (Clients clients = clients()) {
      LatencyBins unread = new LatencyBins(System.nanoTime(), MEASURED, 1);
      int all = number + seats();
      send(clients, FastUpstream.SMALL, all, unread); // all connections stand then
      until(() -> unread.open() == 0);
      long before = JavaHeap.collected(proxy.pid()).orElseThrow();
      send(clients, FastUpstream.HELD, all, unread);
      until(() -> waiting() + executing() == all);
      long with = JavaHeap.collected(proxy.pid()).orElseThrow();
      System.out.printf(
          "round %d, %.0f wait: %.2f KiB of heap each%n",
          round, waiting(), (with - before) / 1024.0 / waiting());
    }
    until(() -> executing() == 0);
  }

  private static void send(Clients clients, String uri, int times, LatencyBins told) {
    for (int i = 0; i < times; i++) {
      clients.send(uri, told, told.due(System.nanoTime()), () -> {});
    }
  }

  /** Of the level: others have one each at least. */
  private int seats() {
    return (int) sum("apiserver_flowcontrol_current_limit_seats");
  }

  private double waiting() {
    return sum("apiserver_flowcontrol_current_inqueue_requests");
  }

  private double executing() {
    return sum("apiserver_flowcontrol_current_executing_requests");
  }

  private double sum(String metric) {
    return PrometheusText.parse(proxy.page("/metrics")).samples().stream()
        .filter(sample -> sample.name().equals(metric))
        .filter(sample -> "crowd".equals(sample.labels().get("priority_level")))
        .mapToDouble(PrometheusText.Sample::value)
        .sum();
  }

  private static void until(BooleanSupplier state) {
    while (!state.getAsBoolean()) {
      Clock.sleep(POLL);
    }
  }
}
