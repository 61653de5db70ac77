package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.LoadRequest;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * A real kube-apiserver restarts under informers that all list and watch again, beside a mouse.
 * Prints when all were well, what the mouse felt from 5 s after the return, and what the server's
 * memory came to. Source: specification limits.md L-94.
 */
final class RestartReport {
  private static final String CONFIG_MAPS = "/api/v1/namespaces/load/configmaps";
  private static final Duration CALM = Duration.ofSeconds(5);
  private static final Duration MEASURED = Duration.ofSeconds(20);
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private RestartReport() {}

  /**
   * Measures with {@code KUBEBUILDER_ASSETS} and {@code -Dapf.jar}, which may name an older jar to
   * compare with; the one argument is the number of informers, 300 if absent.
   */
  public static void main(String[] args) {
    int informers = args.length == 0 ? 300 : Integer.parseInt(args[0]);
    try (ControlPlane cluster = IsolationReport.start(List.of())) {
      measure(cluster, informers);
    }
  }

  private static void measure(ControlPlane cluster, int number) {
    Vertx vertx = Vertx.vertx();
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong peak = new AtomicLong();
    Thread sampler =
        new Thread(
            () -> {
              while (!over.get()) {
                try {
                  peak.accumulateAndGet(cluster.residentBytes("kube-apiserver"), Math::max);
                  Thread.sleep(100);
                } catch (InterruptedException e) {
                  return;
                } catch (RuntimeException restarting) {
                  // has no process id for a moment
                }
              }
            });
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster);
        Informers informers =
            new Informers(
                proxy.url(),
                proxy.certificate(),
                ControlPlane.token("elephant"),
                CONFIG_MAPS,
                number);
        LoadClient mouse =
            new LoadClient(
                vertx,
                IsolationReport.target(proxy.url(), proxy.certificate())
                    .as(ControlPlane.token("mouse")))) {
      Awaitility.await().atMost(LIMIT).until(() -> informers.watching() == number);
      sampler.start();
      long down = System.nanoTime();
      cluster.restart();
      long back = System.nanoTime();
      peak.set(0);
      Thread.sleep(CALM.toMillis());
      Load load = mouse.start(LoadRequest.get(CONFIG_MAPS + "/small"), Pace.openLoop(20));
      Awaitility.await().atMost(LIMIT).until(() -> informers.watching() == number);
      long well = System.nanoTime();
      Thread.sleep(MEASURED.toMillis());
      LoadReport felt = load.stop();
      System.out.printf(
          "%d informers, away %.1f s: all well %.1f s after the return; mouse from 5 s on: p50 %d ms,"
              + " p99 %d ms, %d of %d not 200; server's memory %d MiB at most; ends %s%n",
          number,
          (back - down) / 1e9,
          (well - back) / 1e9,
          felt.percentile(50).toMillis(),
          felt.percentile(99).toMillis(),
          felt.rejected(),
          felt.succeeded() + felt.rejected(),
          peak.get() >> 20,
          informers.ends());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.set(true);
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
