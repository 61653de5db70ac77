package io.apfproxy.demo;

import io.apfproxy.fixtures.apiserver.EmbeddedApiServer;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the demo: {@code -Ddemo.seconds} (6 to 600) for both phases together, {@code
 * -Ddemo.keep=true} to stay up for kubectl. Exit code 0 when both phases ran, 1 when something did
 * not start, 2 for settings out of range.
 */
public final class Demo implements AutoCloseable {
  private static final Duration WARM_UP = Duration.ofMillis(1500);

  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final List<AutoCloseable> running = new ArrayList<>();

  public static void main(String[] arguments) throws Exception {
    int seconds = Integer.getInteger("demo.seconds", 30);
    if (seconds < 6 || seconds > 600) {
      System.err.println("demo.seconds is " + seconds + ", must be 6 to 600");
      System.exit(2);
    }
    Demo demo = new Demo();
    Runtime.getRuntime().addShutdownHook(new Thread(demo::close));
    try {
      demo.run(Duration.ofMillis(seconds * 500L), Boolean.getBoolean("demo.keep"));
    } catch (IOException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
    System.exit(0);
  }

  private void run(Duration phase, boolean keep) throws IOException, InterruptedException {
    Path folder = folder();
    EmbeddedApiServer server = started(DemoCluster.start(folder));
    TestAuthority authority = TestAuthority.named("demo-proxy-ca");
    ProxyProcess open =
        started(
            new ProxyProcess(
                "proxy-without",
                folder,
                server.adminKubeconfig(),
                authority,
                List.of(
                    "--enable-priority-and-fairness=false",
                    "--max-requests-inflight=0",
                    "--max-mutating-requests-inflight=0")));
    ProxyProcess fair =
        started(
            new ProxyProcess(
                "proxy",
                folder,
                server.adminKubeconfig(),
                authority,
                List.of(
                    "--max-requests-inflight=" + (DemoCluster.WORKERS - 4),
                    "--max-mutating-requests-inflight=4")));
    Path kubeconfig =
        server.writeKubeconfig(
            folder.resolve("kubeconfig"), DemoCluster.VISITOR, fair.url(), authority.pem());
    open.awaitReady();
    fair.awaitReady();
    introduce(phase);

    LiveView view = new LiveView(out, LiveView.isTerminal());
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    started(() -> vertx.close().await());
    Stage stage = new Stage(vertx, server, authority.pem(), view, phase);
    Phase without = stage.play(1, "without flow control", open, WARM_UP);
    open.close();
    Phase with = stage.play(2, "with flow control", fair, WARM_UP);
    ResultTable.of(without, with, phase).forEach(out::println);
    join(kubeconfig, keep);
    if (keep) {
      Thread.currentThread().join(); // until Ctrl-C
    }
  }

  private void introduce(Duration phase) {
    out.println(
        Text.format(
            "One elephant lists 1 MB, %d times in parallel. Four mice do small reads and renew"
                + " leases.%nThe API server works on %d requests at once. Two phases of %s: the"
                + " proxy without flow control, then with.",
            Herd.ELEPHANT_LISTS, DemoCluster.WORKERS, Text.duration(phase)));
  }

  private void join(Path kubeconfig, boolean keep) {
    out.println();
    out.println(
        keep
            ? "Still up, with flow control, until Ctrl-C. Join with kubectl:"
            : "To join with kubectl, run with -Ddemo.keep=true, then:");
    out.println("  kubectl --kubeconfig " + kubeconfig + " get configmaps -n warehouse");
  }

  /** Ends everything, last started first. Harmless when repeated. */
  @Override
  public void close() {
    synchronized (running) {
      while (!running.isEmpty()) {
        try {
          running.remove(running.size() - 1).close();
        } catch (Exception e) {
          System.err.println("while stopping: " + e);
        }
      }
    }
  }

  private <T extends AutoCloseable> T started(T part) {
    synchronized (running) {
      running.add(part);
    }
    return part;
  }

  /** Build output if there is such a folder, so that the kubeconfig has the same path each time. */
  private static Path folder() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    return Files.isDirectory(target)
        ? Files.createDirectories(target.resolve("demo"))
        : Files.createTempDirectory("apf-proxy-demo");
  }
}
