package io.apfproxy.real;

import io.apfproxy.fixtures.attack.TcpRelay;
import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * The way from the proxy to a real kube-apiserver is cut for some seconds in several ways, under
 * informers, readers and writers. Prints how those requests ended that were in flight at the cut,
 * and those that came later, the reads among them by the second in which they began. Source:
 * specification limits.md L-90 to L-92.
 */
final class WireCutReport {
  private static final String SMALL = "/api/v1/namespaces/load/configmaps/small";
  private static final String LISTED = "/api/v1/namespaces/load/configmaps";
  private static final String CREATED = "/api/v1/namespaces/default/configmaps";
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final ControlPlane cluster;
  private final AtomicInteger created = new AtomicInteger();
  private TcpRelay wire;

  private WireCutReport(ControlPlane cluster) {
    this.cluster = cluster;
    this.wire = new TcpRelay(cluster.url().getPort());
  }

  /** Ways in which nothing comes through. */
  private enum Way {
    /** As when a load balancer has no server. */
    RESET {
      @Override
      void begin(WireCutReport report) {
        report.wire.cut();
      }

      @Override
      void end(WireCutReport report) {
        report.wire.mend();
      }
    },
    /** As when the server has ended. */
    REFUSED {
      @Override
      void begin(WireCutReport report) {
        report.wire.reset();
        report.wire.close();
      }

      @Override
      void end(WireCutReport report) {
        report.wire = report.wire.again();
      }
    },
    /** As when the server's machine stands still. */
    STOPPED {
      @Override
      void begin(WireCutReport report) {
        report.cluster.signal("kube-apiserver", "STOP");
      }

      @Override
      void end(WireCutReport report) {
        report.cluster.signal("kube-apiserver", "CONT");
      }
    };

    abstract void begin(WireCutReport report);

    abstract void end(WireCutReport report);
  }

  /**
   * Measures with {@code KUBEBUILDER_ASSETS} and {@code -Dapf.jar}; the arguments are the number of
   * informers, 300 if absent, and the seconds of a cut, 8 if absent.
   */
  public static void main(String[] args) throws Exception {
    int informers = args.length == 0 ? 300 : Integer.parseInt(args[0]);
    int seconds = args.length < 2 ? 8 : Integer.parseInt(args[1]);
    try (ControlPlane cluster = IsolationReport.start(List.of())) {
      new WireCutReport(cluster).measure(informers, seconds);
    }
  }

  private void measure(int number, int seconds) throws Exception {
    Vertx vertx = Vertx.vertx();
    try (ProxyProcess proxy = ProxyProcess.startWith(cluster, byWire(cluster, wire));
        Informers informers =
            new Informers(
                new Reflector.Source(proxy.url(), ControlPlane.token("elephant"), LISTED),
                proxy.certificate(),
                number)) {
      Target users = IsolationReport.target(proxy.url(), proxy.certificate());
      try (LoadClient mouse = new LoadClient(vertx, users.as(ControlPlane.token("mouse")));
          LoadClient elephant = new LoadClient(vertx, users.as(ControlPlane.token("elephant")))) {
        for (Way way : Way.values()) {
          await(informers);
          List<Load> before = List.of(reads(mouse), writes(mouse), lists(elephant));
          Thread.sleep(CALM.toMillis());
          informers.newEnds();
          before.forEach(Load::drain);

          int dialled = wire.accepted();
          way.begin(this);
          Load writes = writes(mouse);
          Load lists = lists(elephant);
          List<Load> reads = eachSecond(mouse, seconds);
          dialled = wire.accepted() - dialled;
          way.end(this);
          long back = System.nanoTime();
          reads.addAll(eachSecond(mouse, (int) CALM.toSeconds()));
          await(informers);
          List<Load> since = new ArrayList<>(reads);
          since.addAll(List.of(writes, lists));
          since.forEach(Load::drain);
          for (Load load : since) {
            Awaitility.await().atMost(LIMIT).until(() -> load.report().inFlight() == 0);
          }

          System.out.printf(
              "%s for %d s, %d connections made meanwhile; all %d informers watch again after"
                  + " %.1f s, and saw %s%n",
              way,
              seconds,
              dialled,
              number,
              Math.max(0, informers.allSince() - back) / 1e9,
              informers.newEnds());
          System.out.printf(
              "  began before the cut: reads %s%n    writes %s%n    lists %s%n",
              text(before.get(0)), text(before.get(1)), text(before.get(2)));
          System.out.printf("  after it: writes %s%n    lists %s%n", text(writes), text(lists));
          for (int second = 0; second < reads.size(); second++) {
            System.out.printf("    reads of second %d: %s%n", second, text(reads.get(second)));
          }
        }
      }
    } finally {
      wire.close();
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static String text(Load load) {
    return RestartReport.text(load.report());
  }

  /** One load for each second. */
  private static List<Load> eachSecond(LoadClient mouse, int seconds) throws InterruptedException {
    List<Load> loads = new ArrayList<>();
    for (int second = 0; second < seconds; second++) {
      Load load = reads(mouse);
      Thread.sleep(1_000);
      load.drain();
      loads.add(load);
    }
    return loads;
  }

  private static Load reads(LoadClient mouse) {
    return mouse.start(LoadRequest.get(SMALL), Pace.openLoop(15));
  }

  private Load writes(LoadClient mouse) {
    return mouse.start(this::create, Pace.openLoop(5));
  }

  private static Load lists(LoadClient elephant) {
    return elephant.start(LoadRequest.get(LISTED + "?resourceVersion=0"), Pace.closedLoop(4));
  }

  private LoadRequest create() {
    return new LoadRequest(
        HttpMethod.POST,
        CREATED,
        "application/json",
        "{\"metadata\":{\"name\":\"created-" + created.incrementAndGet() + "\"}}");
  }

  private static void await(Informers informers) {
    Awaitility.await().atMost(LIMIT).until(() -> informers.allWatchFor(CALM.toNanos()));
  }

  /** The proxy's own kubeconfig, by a wire. */
  static Path byWire(ControlPlane cluster, TcpRelay wire) throws IOException {
    String direct = Files.readString(cluster.kubeconfig("proxy"));
    return Files.writeString(
        cluster.directory().resolve("by-wire.kubeconfig"),
        direct.replace(cluster.url().toString(), "https://127.0.0.1:" + wire.port()));
  }
}
