package io.apfproxy.demo;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.child.Ports;
import io.apfproxy.fixtures.pki.TestAuthority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The real proxy in a JVM of its own, with this JVM's class path. */
final class DemoProxy implements AutoCloseable {
  private static final Duration METRICS_LIMIT = Duration.ofSeconds(2);

  private final ChildProxy process;
  private final String page;
  private CompletableFuture<Void> looking = CompletableFuture.completedFuture(null);
  private volatile String recent = "";

  /**
   * Starts the proxy; {@link #awaitReady} waits for it.
   *
   * @param folder for its certificate
   * @param authority signs its serving certificate
   */
  DemoProxy(String name, Path folder, Path kubeconfig, TestAuthority authority, List<String> flags)
      throws IOException {
    authority.leaf("proxy").forServers("localhost", "127.0.0.1").issue().write(folder, name);
    Ports ports = Ports.free();
    page = "http://127.0.0.1:" + ports.admin() + "/ui/";
    List<String> command =
        ChildProxy.java(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "io.apfproxy.Main",
            "--kubeconfig=" + kubeconfig,
            "--upstream-identity=pass-through",
            "--tls-cert-file=" + folder.resolve(name + ".crt"),
            "--tls-private-key-file=" + folder.resolve(name + ".key"),
            "--shutdown-grace=1s");
    command.addAll(ports.flags());
    command.addAll(flags);
    process = ChildProxy.start(new ProcessBuilder(command), ports, null);
  }

  int port() {
    return process.port();
  }

  String url() {
    return process.url().toString();
  }

  /** Where it is to be watched in a browser. */
  String page() {
    return page;
  }

  /** Returns when /readyz says so. */
  void awaitReady() {
    process.awaitReady();
  }

  /** The metrics now; empty if the proxy is too busy to answer. */
  String metrics() {
    return process.later("/metrics", METRICS_LIMIT).exceptionally(late -> "").join();
  }

  /** The metrics as they came last, without waiting; asks for the next. */
  String recentMetrics() {
    if (looking.isDone()) {
      looking =
          process
              .later("/metrics", METRICS_LIMIT)
              .thenAccept(page -> recent = page)
              .exceptionally(late -> null);
    }
    return recent;
  }

  @Override
  public void close() {
    process.close();
  }
}
