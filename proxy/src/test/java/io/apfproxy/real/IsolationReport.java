package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/**
 * A mouse beside an elephant before one real kube-apiserver: alone, without flow control, with
 * apf-proxy, with kube-apiserver's own APF, with other numbers of seats, fixed and adaptive, and
 * with and without all that looks on (seeing.md V-01). Both users fall under the schema {@code
 * global-default}, so nothing but fair queuing keeps them apart.
 */
final class IsolationReport {
  private static final List<String> SMALL_LIMITS =
      List.of("--max-requests-inflight=20", "--max-mutating-requests-inflight=10");
  private static final List<String> ADAPTIVE = List.of("--adaptive-seats", "--min-seats=1");
  private static final int LISTS_IN_FLIGHT = 300;
  private static final int LIST_ITEMS = 10;
  private static final int ITEM_BYTES = 100_000;
  private static final String CONFIG_MAPS = "/api/v1/namespaces/load/configmaps";
  static final Supplier<LoadRequest> SMALL = LoadRequest.get(CONFIG_MAPS + "/small");
  static final Supplier<LoadRequest> LARGE = LoadRequest.get(CONFIG_MAPS + "?resourceVersion=0");
  static final Supplier<LoadRequest> ELEPHANTS = Searches.WANTED ? Searches.SEARCH : LARGE;
  private static final List<String> TABLES =
      List.of(System.getProperty("apf.tables", "who,seats,parts").split(","));
  private static final List<String> FIXED =
      List.of(System.getProperty("apf.seats", "4,8,15,30").split(","));
  private static final Pace MOUSE_PACE = Pace.openLoop(20);
  private static final LoadReport NOTHING =
      new LoadReport(new Histogram(3), new TreeMap<>(), 0, new Histogram(3), 0);
  private static final int CONNECTIONS = 8;

  private IsolationReport() {}

  /**
   * One line of the table.
   *
   * @param mouse latencies in it run to the last byte, of answers with status 200 only
   */
  record Row(String name, LoadReport mouse, double listsPerSecond, double refusedPerSecond) {
    String text() {
      return String.format(
          "%-42s %8.1f %8.1f %6d of %d %9.0f %10.0f",
          name,
          p50Millis(),
          p99Millis(),
          mouse.rejected(),
          asked(),
          listsPerSecond,
          refusedPerSecond);
    }

    double p50Millis() {
      return mouse.percentile(50).toNanos() / 1e6;
    }

    double p99Millis() {
      return mouse.percentile(99).toNanos() / 1e6;
    }

    private long asked() {
      return mouse.statuses().values().stream().mapToLong(Long::longValue).sum()
          + mouse.failures()
          + mouse.inFlight();
    }
  }

  /** All rows, in the order of their names above. */
  record Table(Row alone, Row without, Row proxy, Row server) {
    String text() {
      return IsolationReport.text(List.of(alone, without, proxy, server));
    }
  }

  private static String text(List<Row> rows) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                "%-42s %8s %8s %13s %9s %10s%n",
                "", "p50 ms", "p99 ms", "refused", "lists/s", "refused/s"));
    for (Row row : rows) {
      text.append(row.text()).append(System.lineSeparator());
    }
    return text.toString();
  }

  /**
   * Measures with {@code KUBEBUILDER_ASSETS} and {@code -Dapf.jar}; the arguments are the seconds
   * per row, 25 if absent, the number of rounds, 1 if absent, and the delays that adaptive seats
   * are to bear, {@code 5ms} if absent. With {@code -Dapf.searches=true} the elephant's lists are
   * those of {@link Searches}; {@code -Dapf.tables} and {@code -Dapf.seats} choose among the tables
   * and the fixed numbers of seats.
   */
  public static void main(String[] args) {
    Duration perRow = Duration.ofSeconds(args.length == 0 ? 25 : Integer.parseInt(args[0]));
    int rounds = args.length < 2 ? 1 : Integer.parseInt(args[1]);
    List<String> targets = args.length < 3 ? List.of("5ms") : List.of(args).subList(2, args.length);
    for (int round = 0; round < rounds; round++) {
      if (TABLES.contains("who")) {
        System.out.print(measure(perRow).text());
      }
      if (TABLES.contains("seats")) {
        System.out.print(text(measureSeats(perRow, targets)));
      }
      if (TABLES.contains("parts")) {
        System.out.print(text(measureParts(perRow)));
      }
    }
  }

  /** The proxy without anything that looks on, then with all of it, twice before one server. */
  private static List<Row> measureParts(Duration perRow) {
    List<Row> rows = new ArrayList<>();
    try (ControlPlane roomy = start(List.of())) {
      for (int i = 0; i < 2; i++) {
        List<String> off = new ArrayList<>(SMALL_LIMITS);
        off.add("--top-counters=0");
        rows.add(seats(roomy, "nothing looks on", perRow, off.toArray(String[]::new)));
        Path folder = Files.createTempDirectory(roomy.directory(), "parts-");
        try (EveryPart parts = new EveryPart(folder)) {
          List<String> on = new ArrayList<>(SMALL_LIMITS);
          on.addAll(parts.flags());
          rows.add(seats(roomy, "every part on", perRow, on.toArray(String[]::new)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** The proxy with fixed numbers of seats, and with adaptive ones, before one server. */
  private static List<Row> measureSeats(Duration perRow, List<String> targets) {
    List<Row> rows = new ArrayList<>();
    try (ControlPlane roomy = start(List.of())) {
      for (String fixed : FIXED) {
        int seats = Integer.parseInt(fixed);
        rows.add(
            seats(
                roomy,
                "apf-proxy, " + seats + " seats",
                perRow,
                "--max-requests-inflight=" + (seats - 1),
                "--max-mutating-requests-inflight=1"));
      }
      for (String target : targets) {
        List<String> adaptive = new ArrayList<>(SMALL_LIMITS);
        adaptive.addAll(ADAPTIVE);
        adaptive.add("--target-delay=" + target);
        rows.add(
            seats(
                roomy,
                "apf-proxy, 1 to 30 seats, " + target,
                perRow,
                adaptive.toArray(String[]::new)));
      }
    }
    return rows;
  }

  private static Row seats(ControlPlane server, String name, Duration perRow, String... flags) {
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(server, flags)) {
      return row(name, target(proxy.url(), proxy.certificate()), LISTS_IN_FLIGHT, perRow);
    }
  }

  /** Starts what each row needs, one row after the other; each is warmed up as long as measured. */
  static Table measure(Duration perRow) {
    Row alone;
    Row proxied;
    try (ControlPlane roomy = start(List.of())) {
      try (ProxyProcess proxy =
          ProxyProcess.startAsFrontProxy(roomy, SMALL_LIMITS.toArray(String[]::new))) {
        Target users = target(proxy.url(), proxy.certificate());
        alone = row("alone, through apf-proxy", users, 0, perRow);
        proxied = row("apf-proxy, 20 + 10 seats", users, LISTS_IN_FLIGHT, perRow);
      }
    }
    return new Table(
        alone,
        direct(
            "no flow control, 20 + 10 in flight", perRow, "--enable-priority-and-fairness=false"),
        proxied,
        direct("kube-apiserver's own APF, 20 + 10 seats", perRow));
  }

  static Row direct(String name, Duration perRow, String... flags) {
    List<String> all = new ArrayList<>(SMALL_LIMITS);
    all.addAll(List.of(flags));
    try (ControlPlane small = start(all)) {
      return row(name, target(small.url(), small.pki("ca.crt")), LISTS_IN_FLIGHT, perRow);
    }
  }

  private static Row row(String name, Target server, int listsInFlight, Duration time) {
    // a mouse that shared event loops with the elephant would wait for its own client
    Vertx small = Vertx.vertx();
    Vertx large = Vertx.vertx();
    try (LoadClient mouse = new LoadClient(small, server.as(ControlPlane.token("mouse")));
        LoadClient elephant = new LoadClient(large, server.as(ControlPlane.token("elephant")))) {
      // both are at work, connected and warm, before the measurement starts
      Load gets = mouse.start(SMALL, MOUSE_PACE);
      Optional<Load> lists =
          listsInFlight == 0
              ? Optional.empty()
              : Optional.of(elephant.start(ELEPHANTS, Pace.closedLoop(listsInFlight)));
      long begin = System.nanoTime();
      await(() -> gets.report().succeeded() >= 40);
      lists.ifPresent(load -> await(() -> load.report().succeeded() >= listsInFlight));
      await(() -> System.nanoTime() - begin >= time.toNanos());

      LoadReport before = lists.map(Load::report).orElse(NOTHING);
      long start = System.nanoTime();
      gets.recount(); // a new load would reset what is in flight, whose seats are kept for a second
      await(() -> System.nanoTime() - start >= time.toNanos());
      LoadReport result = gets.report();
      double seconds = (System.nanoTime() - start) / 1e9;
      LoadReport after = lists.map(Load::report).orElse(NOTHING);
      return new Row(
          name,
          result,
          (after.succeeded() - before.succeeded()) / seconds,
          (after.rejected() - before.rejected()) / seconds);
    } finally {
      small.close().toCompletionStage().toCompletableFuture().join();
      large.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(condition);
  }

  static Target target(URI server, Path trusted) {
    try {
      return new Target(
          server.getHost(),
          server.getPort(),
          Files.readString(trusted),
          "",
          HttpVersion.HTTP_2,
          CONNECTIONS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ControlPlane start(List<String> flags) {
    return start(new ControlPlane.Options(false, false, flags));
  }

  static ControlPlane start(ControlPlane.Options options) {
    ControlPlane cluster = ControlPlane.start(options);
    try {
      ProxyAccess.grant(cluster);
      cluster.kubectl("admin").runWithInput(objects(), "create", "-f", "-").orThrow();
      if (Searches.WANTED) {
        Searches.create(target(cluster.url(), cluster.pki("ca.crt")));
      }
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** What the elephant lists, and the mouse asks for. */
  static String objects() {
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: load}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: load-may-read}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: load}]
            """);
    configMap(yaml, "small", 2_048);
    for (int i = 0; i < LIST_ITEMS; i++) {
      configMap(yaml, "large-" + i, ITEM_BYTES);
    }
    return yaml.toString();
  }

  private static void configMap(StringBuilder yaml, String name, int bytes) {
    yaml.append("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: load, name: ")
        .append(name)
        .append("}\ndata: {blob: ")
        .append("x".repeat(bytes))
        .append("}\n");
  }
}
