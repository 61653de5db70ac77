package io.apfproxy.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
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
import org.slf4j.LoggerFactory;

/**
 * Runs the demo: {@code -Ddemo.seconds} (6 to 600) for both phases together, {@code
 * -Ddemo.keep=true} to stay up for kubectl. Exit code 0 when both phases ran, 1 when something did
 * not start, 2 for settings out of range.
 */
public final class Demo implements AutoCloseable {
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private final List<AutoCloseable> running = new ArrayList<>();
  private volatile boolean closed;

  public static void main(String[] arguments) throws IOException {
    int seconds = Integer.getInteger("demo.seconds", 30);
    if (seconds < 6 || seconds > 600) {
      System.err.println("demo.seconds is " + seconds + ", must be 6 to 600");
      System.exit(2);
    }
    quieten("io.vertx");
    quieten("io.netty");
    Demo demo = new Demo();
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  main.interrupt();
                  demo.close();
                }));
    try {
      demo.run(Duration.ofMillis(seconds * 500L), Boolean.getBoolean("demo.keep"));
    } catch (IOException | RuntimeException e) {
      if (!demo.closed) {
        throw e;
      }
    } catch (InterruptedException e) {
      return; // ended by a signal
    }
    System.exit(0);
  }

  /** Loads are cut off at the end of a phase: what the client library says of it is no news. */
  private static void quieten(String logger) {
    ((Logger) LoggerFactory.getLogger(logger)).setLevel(Level.OFF);
  }

  private void run(Duration phase, boolean keep) throws IOException, InterruptedException {
    Path folder = folder();
    EmbeddedApiServer server = started(DemoCluster.start(folder));
    TestAuthority authority = TestAuthority.named("demo-proxy-ca");
    DemoProxy open =
        started(
            new DemoProxy(
                "proxy-without",
                folder,
                server.adminKubeconfig(),
                authority,
                List.of(
                    "--enable-priority-and-fairness=false",
                    "--max-requests-inflight=0",
                    "--max-mutating-requests-inflight=0")));
    DemoProxy fair =
        started(
            new DemoProxy(
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
    out.println("Watch it live, with flow control: " + fair.page());
    introduce(phase);
    open.awaitReady();
    fair.awaitReady();
    join("Join with kubectl while it runs:", kubeconfig);

    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    started(() -> vertx.close().await());
    Stage stage = new Stage(vertx, server, authority.pem(), View.on(out), phase);
    Phase without = stage.play(1, "without flow control", open);
    open.close();
    Phase with = stage.play(2, "with flow control", fair);
    ResultTable.of(without, with).forEach(out::println);
    out.println();
    if (keep) {
      join("Elephant and mice go on, with flow control, until Ctrl-C:", kubeconfig);
      out.println("  " + fair.page());
      try (Herd herd = new Herd(vertx, server, fair.port(), authority.pem())) {
        herd.start(Herd.ELEPHANT_LISTS);
        Thread.currentThread().join();
      }
    }
    out.println("To stay up for kubectl: mvn -q -Pdemo -Ddemo.keep=true");
  }

  private void introduce(Duration phase) {
    out.println(
        Text.format(
            "An API server that works on %d requests at once, apf-proxy before it. An elephant%n"
                + "lists up to %d objects, %d times in parallel; four mice read or renew a lease,%n"
                + "each %d times a second. Two phases of %s, counted when all are warm and the%n"
                + "flood has lasted four seconds.",
            DemoCluster.WORKERS,
            DemoCluster.OBJECTS,
            Herd.ELEPHANT_LISTS,
            Herd.MOUSE_RATE,
            Text.duration(phase)));
  }

  private void join(String invitation, Path kubeconfig) {
    out.println(invitation);
    out.println("  kubectl --kubeconfig " + kubeconfig + " get configmaps -n warehouse");
  }

  /** Ends everything, last started first. Harmless when repeated. */
  @Override
  public void close() {
    closed = true;
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
