package io.apfproxy.child;

import io.apfproxy.Trust;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** The proxy in a JVM of its own, and what its operators can ask it. Thread-safe. */
public final class ChildProxy implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RunningCommand process;
  private final Ports ports;
  private final URI admin;
  private final HttpClient http;

  private ChildProxy(RunningCommand process, Ports ports, @Nullable Path authority) {
    this.process = process;
    this.ports = ports;
    String scheme = authority == null ? "http" : "https";
    this.admin = URI.create(scheme + "://127.0.0.1:" + ports.admin());
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LONG);
    this.http =
        authority == null ? builder.build() : builder.sslContext(Trust.in(authority)).build();
  }

  /**
   * Starts it; {@link #awaitReady} waits for it.
   *
   * @param ports that the command names
   * @param authority PEM file to trust on the admin listener; null if that has no TLS
   */
  public static ChildProxy start(ProcessBuilder command, Ports ports, @Nullable Path authority) {
    command.environment().putIfAbsent("APF_WARM_UP", "0s"); // tests have no time for it
    return new ChildProxy(RunningCommand.start(command), ports, authority);
  }

  /**
   * The command of this JVM's Java.
   *
   * @param options of the JVM, and what it runs
   */
  public static List<String> java(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(options));
    return command;
  }

  /** File name of the runnable jar. */
  public static String jar() {
    String jar = System.getProperty("apf.jar");
    if (jar == null || !Files.isReadable(Path.of(jar))) {
      throw new IllegalStateException(
          "system property apf.jar names no file: " + jar + "; mvn verify sets it");
    }
    return jar;
  }

  /**
   * Returns when {@code /readyz} says so.
   *
   * @throws RuntimeException with what the child said, if it ends or does not become ready in a
   *     minute; it is ended then
   */
  public ChildProxy awaitReady() {
    try {
      Awaitility.await()
          .atMost(START_LIMIT)
          .pollInterval(Duration.ofMillis(100))
          .failFast(
              () -> {
                if (!isAlive()) {
                  throw new IllegalStateException("the proxy ended:\n" + log());
                }
              })
          .until(this::isReady);
      return this;
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private boolean isReady() {
    try {
      return get("/readyz").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false; // not listening yet
    }
  }

  /** Where clients connect. */
  public URI url() {
    return URI.create("https://127.0.0.1:" + ports.secure());
  }

  public int port() {
    return ports.secure();
  }

  /** Where operators connect. */
  public URI admin() {
    return admin;
  }

  public int adminPort() {
    return ports.admin();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Sends it a signal.
   *
   * @param name {@code STOP}, {@code CONT} and the like
   * @throws IllegalStateException if there is nobody to send it to
   */
  public void signal(String name) {
    RunningCommand.start(new ProcessBuilder("kill", "-" + name, Long.toString(pid())))
        .await(LONG)
        .orThrow();
  }

  /** What it wrote. */
  public String log() {
    return process.stdout() + process.stderr();
  }

  /** What it wrote to standard error, where its log goes. */
  public String stderr() {
    return process.stderr();
  }

  /** Bytes that are resident, direct buffers included; 0 if it is gone. Linux only. */
  public long residentBytes() {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /**
   * Body of a page of the admin listener, such as {@code /metrics}.
   *
   * @throws IllegalStateException if it answers anything but 200
   */
  public String page(String path) {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          path + " answers " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  private HttpResponse<String> get(String path) {
    try {
      return http.send(request(path, LONG), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Body of whatever a page of the admin listener answers; fails if it takes longer. */
  public CompletableFuture<String> later(String path, Duration limit) {
    return http.sendAsync(request(path, limit), HttpResponse.BodyHandlers.ofString())
        .thenApply(HttpResponse::body);
  }

  private HttpRequest request(String path, Duration limit) {
    return HttpRequest.newBuilder(admin.resolve(path)).timeout(limit).build();
  }

  /**
   * Sends SIGTERM and waits for the end.
   *
   * @throws IllegalStateException if it takes longer; it is killed then
   */
  public CommandResult stop(Duration atMost) {
    process.terminate();
    return process.await(atMost);
  }

  /** Ends it, one way or another. */
  @Override
  public void close() {
    process.close();
  }
}
