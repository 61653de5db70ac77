package io.apfproxy.demo;

import io.apfproxy.fixtures.pki.TestAuthority;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The real proxy in a JVM of its own, with this JVM's class path. */
final class ProxyProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration METRICS_LIMIT = Duration.ofSeconds(2);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final String name;
  private final int port;
  private final int adminPort;
  private final Path log;
  private final Process process;
  private CompletableFuture<Void> looking = CompletableFuture.completedFuture(null);
  private volatile String recent = "";

  /**
   * Starts the proxy; {@link #awaitReady} waits for it.
   *
   * @param folder for its certificate and its log
   * @param authority signs its serving certificate
   */
  ProxyProcess(
      String name, Path folder, Path kubeconfig, TestAuthority authority, List<String> flags)
      throws IOException {
    this.name = name;
    this.port = freePort();
    this.adminPort = freePort();
    this.log = folder.resolve(name + ".log");
    authority.leaf("proxy").forServers("localhost", "127.0.0.1").issue().write(folder, name);
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.apfproxy.Main",
                "--kubeconfig=" + kubeconfig,
                "--upstream-identity=pass-through",
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                "--admin-port=" + adminPort,
                "--tls-cert-file=" + folder.resolve(name + ".crt"),
                "--tls-private-key-file=" + folder.resolve(name + ".key"),
                "--shutdown-grace=1s"));
    command.addAll(flags);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(log.toFile())
            .start();
  }

  int port() {
    return port;
  }

  String url() {
    return "https://127.0.0.1:" + port;
  }

  /** Returns when /readyz says so. */
  void awaitReady() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("proxy " + name + " did not become ready; it said:\n" + lastLines());
      }
      process.waitFor(100, TimeUnit.MILLISECONDS);
    }
  }

  /** The metrics now; empty if the proxy is too busy to answer. */
  String metrics() throws InterruptedException {
    try {
      HttpResponse<String> response = get("/metrics", METRICS_LIMIT);
      return response.statusCode() == 200 ? response.body() : "";
    } catch (IOException e) {
      return "";
    }
  }

  /** The metrics as they came last, without waiting; asks for the next. */
  String recentMetrics() {
    if (looking.isDone()) {
      looking =
          http.sendAsync(request("/metrics", METRICS_LIMIT), HttpResponse.BodyHandlers.ofString())
              .thenAccept(response -> recent = response.body())
              .exceptionally(late -> null);
    }
    return recent;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private boolean isReady() throws InterruptedException {
    try {
      return get("/readyz", Duration.ofSeconds(2)).statusCode() == 200;
    } catch (IOException e) {
      return false; // does not listen yet
    }
  }

  private HttpResponse<String> get(String path, Duration limit)
      throws IOException, InterruptedException {
    return http.send(request(path, limit), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String path, Duration limit) {
    URI uri = URI.create("http://127.0.0.1:" + adminPort + path);
    return HttpRequest.newBuilder(uri).timeout(limit).build();
  }

  private String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
