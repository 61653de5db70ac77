package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.real.IsolationFigures.Sample;
import io.apfproxy.whole.Machine;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.awaitility.Awaitility;

/**
 * A mouse beside an elephant before real kube-apiservers: alone, without flow control, with
 * apf-proxy and fixed numbers of seats or adaptive ones, with kube-apiserver's own APF, and with
 * and without all that looks on (seeing.md V-01). Both users fall under the schema {@code
 * global-default}, so nothing but fair queuing keeps them apart. Writes {@code isolation.md} and
 * {@code isolation.json}. Source: specification limits.md L-44, seeing.md V-01.
 */
final class IsolationReport {
  private static final int LIST_ITEMS = 10;
  private static final int ITEM_BYTES = 100_000;
  static final Supplier<LoadRequest> SMALL =
      LoadRequest.get("/api/v1/namespaces/load/configmaps/small");
  private static final int CONNECTIONS = 8;

  /**
   * Of the mouse and the elephant, until they are taken to be at work, however slow the machine.
   */
  private static final int FIRST_ANSWERS = 40;

  private static final int FIRST_LISTS = 300;

  /** After a row, before its proxy is stopped and the next one begins. */
  private static final Duration CALM = Duration.ofSeconds(1);

  private static final LoadReport NOTHING =
      new LoadReport(new Histogram(3), new TreeMap<>(), 0, new Histogram(3), 0);

  /** The round before the first. */
  private static final int WARM_UP = 0;

  private final IsolationSettings settings;
  private final IsolationPlaces places;
  private final IsolationFigures figures = new IsolationFigures();

  private IsolationReport(IsolationSettings settings, IsolationPlaces places) {
    this.settings = settings;
    this.places = places;
  }

  /**
   * Measures with {@code KUBEBUILDER_ASSETS} and {@code -Dapf.jar}; the arguments are those of
   * {@link IsolationSettings}.
   */
  public static void main(String[] args) throws Exception {
    run(IsolationSettings.of(args));
  }

  /** Measures, prints as it goes, and writes the files after each round. */
  static IsolationFigures run(IsolationSettings settings) throws Exception {
    try (IsolationPlaces places = IsolationPlaces.start(settings)) {
      IsolationReport report = new IsolationReport(settings, places);
      report.warm();
      for (int round = 1; round <= settings.rounds(); round++) {
        report.round(round);
      }
      return report.figures;
    }
  }

  private void warm() throws InterruptedException {
    Duration half = settings.warm().dividedBy(2);
    Set<IsolationRow.Way> done = new HashSet<>();
    for (IsolationRow row : settings.rows()) {
      if (done.add(row.way())) {
        IsolationRow flooded = new IsolationRow(row.word(), row.name(), row.way(), true);
        print("warm-up", sample(flooded, WARM_UP, half, half));
      }
    }
  }

  private void round(int number) throws InterruptedException, IOException {
    List<IsolationRow> rows = new ArrayList<>(settings.rows());
    if (number % 2 == 0) {
      Collections.reverse(rows); // whoever follows whom is not always the same
    }
    for (IsolationRow row : rows) {
      Sample sample = sample(row, number, settings.settle(), settings.seconds());
      print("round " + number, sample);
      figures.add(sample);
    }
    String title =
        String.format(
            "%s, %s, rounds: %d of %.0f s, mouse: %d/s, elephant: %s",
            LocalDate.now(ZoneOffset.UTC),
            Machine.text(),
            number,
            settings.seconds().toNanos() / 1e9,
            settings.mouse(),
            settings.elephant());
    String tables = figures.markdown(title);
    System.out.println(tables);
    Files.createDirectories(settings.out());
    Files.writeString(settings.out().resolve("isolation.md"), tables);
    Files.writeString(settings.out().resolve("isolation.json"), figures.json(title, settings));
  }

  private static void print(String when, Sample sample) {
    System.out.printf(
        Locale.ROOT,
        "%s, %s: p50 %.1f ms, p99 %.1f ms, refused %d, failed %d, %.0f lists/s%n",
        when,
        sample.row().name(),
        sample.p50Millis(),
        sample.p99Millis(),
        sample.mouse().rejected(),
        sample.mouse().failures(),
        sample.listsPerSecond());
  }

  private Sample sample(IsolationRow row, int round, Duration settle, Duration time)
      throws InterruptedException {
    IsolationPlaces.Place place = places.of(row);
    place.wake();
    // a mouse that shared event loops with the elephant would wait for its own client
    Vertx small = Vertx.vertx();
    Vertx large = Vertx.vertx();
    try (LoadClient mouse = new LoadClient(small, place.users().as(ControlPlane.token("mouse")));
        LoadClient elephant =
            new LoadClient(large, place.users().as(ControlPlane.token("elephant")))) {
      List<Load> loads = new ArrayList<>();
      loads.add(mouse.start(SMALL, Pace.openLoop(settings.mouse())));
      if (row.flooded()) {
        loads.add(elephant.start(settings.elephant().requests(), Elephant.PACE));
      }
      sleep(settle);
      if (round == WARM_UP) {
        await(() -> loads.get(0).report().succeeded() >= FIRST_ANSWERS);
        await(() -> loads.get(1).report().succeeded() >= FIRST_LISTS);
      }
      double server = place.serverSeconds();
      double proxy = place.proxySeconds();
      long start = System.nanoTime();
      loads.forEach(Load::recount); // what is in flight keeps its age: a new load would reset it
      sleep(time);
      return new Sample(
          row,
          round,
          (System.nanoTime() - start) / 1e9,
          loads.get(0).report(),
          row.flooded() ? loads.get(1).report() : NOTHING,
          place.serverSeconds() - server,
          place.proxySeconds() - proxy);
    } finally {
      small.close().toCompletionStage().toCompletableFuture().join();
      large.close().toCompletionStage().toCompletableFuture().join();
      sleep(CALM);
      place.rest();
    }
  }

  private static void sleep(Duration time) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(time.toNanos());
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
