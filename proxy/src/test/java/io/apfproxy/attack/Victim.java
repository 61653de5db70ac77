package io.apfproxy.attack;

import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.awaitility.Awaitility;

/**
 * The runnable jar as a child process with a small heap, in which all limits per address hold for
 * loopback too, and that tells of callbacks that take too long.
 */
final class Victim implements AutoCloseable {
  static final long HEAP_BYTES = 256L << 20;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration MANAGEMENT_LIMIT = Duration.ofSeconds(10);
  private static final Pattern BLOCKED = Pattern.compile("has been blocked for (\\d+) ms");

  private final RunningCommand process;
  private final int port;
  private final int adminPort;
  private final int managementPort;

  /**
   * Starts it and waits until it is ready.
   *
   * @param folder of its own, for certificates
   * @param kubeconfig of its upstream
   * @param clientCa whose certificates it believes; given, as one that was not read yet would make
   *     light of every chain
   */
  Victim(Path folder, Path kubeconfig, Path clientCa) throws IOException {
    port = freePort();
    adminPort = freePort();
    managementPort = freePort();
    Path services = folder.resolve("services");
    install(services);
    process =
        RunningCommand.start(
            new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + (HEAP_BYTES >> 20) + "m",
                "-Dcom.sun.management.jmxremote.port=" + managementPort,
                "-Dcom.sun.management.jmxremote.host=127.0.0.1",
                "-Dcom.sun.management.jmxremote.ssl=false",
                "-Dcom.sun.management.jmxremote.authenticate=false",
                "-Djava.rmi.server.hostname=127.0.0.1",
                "-cp",
                services + ":" + jar(),
                "io.apfproxy.Main",
                "--kubeconfig=" + kubeconfig,
                "--client-ca-file=" + clientCa,
                "--allow-privileged-impersonation",
                "--cert-dir=" + folder,
                "--bind-address=127.0.0.1",
                "--secure-port=" + port,
                "--admin-port=" + adminPort,
                // an address of loopback is an attacker's here
                "--unlimited-addresses=",
                "--max-requests-inflight=40",
                "--max-mutating-requests-inflight=20",
                "--shutdown-grace=5s"));
    try {
      awaitReady();
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  /** Puts the one service, and nothing else of the tests, where the child's class path finds it. */
  private static void install(Path services) throws IOException {
    String name = TightLoops.class.getName();
    Path type = services.resolve(name.replace('.', '/') + ".class");
    Files.createDirectories(type.getParent());
    try (InputStream bytes = TightLoops.class.getResourceAsStream("TightLoops.class")) {
      Files.write(type, Objects.requireNonNull(bytes).readAllBytes());
    }
    Path list = services.resolve("META-INF/services/io.vertx.core.spi.VertxServiceProvider");
    Files.createDirectories(list.getParent());
    Files.writeString(list, name + "\n");
  }

  int port() {
    return port;
  }

  int adminPort() {
    return adminPort;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote. */
  String log() {
    return process.stdout() + process.stderr();
  }

  /** How much it has written to its log so far. */
  int logged() {
    return process.stderr().length();
  }

  /** How often, and how long at most, a callback held an event loop too long. */
  Blocked blockedSince(int logged) {
    int times = 0;
    int longest = 0;
    Matcher line = BLOCKED.matcher(process.stderr().substring(logged));
    while (line.find()) {
      times++;
      longest = Math.max(longest, Integer.parseInt(line.group(1)));
    }
    return new Blocked(times, longest);
  }

  record Blocked(int warnings, int longestMillis) {}

  /** Bytes of the heap that are in use after a collection; empty if it does not say. */
  OptionalLong heapUsed() {
    try {
      return OptionalLong.of(
          CompletableFuture.supplyAsync(this::collected)
              .get(MANAGEMENT_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (ExecutionException | TimeoutException e) {
      return OptionalLong.empty(); // it is too far gone to say
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }

  /** Bytes that are resident, direct buffers included; 0 if it is gone. Linux only. */
  long residentBytes() {
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

  @SuppressWarnings("BanJNDI") // an own child on loopback
  private long collected() {
    String url = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + managementPort + "/jmxrmi";
    try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(url))) {
      MemoryMXBean memory =
          ManagementFactory.newPlatformMXBeanProxy(
              connector.getMBeanServerConnection(),
              ManagementFactory.MEMORY_MXBEAN_NAME,
              MemoryMXBean.class);
      memory.gc();
      return memory.getHeapMemoryUsage().getUsed();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets it stand still for so long, as a long collection does. */
  void pause(Duration length) throws IOException, InterruptedException {
    signal("STOP");
    try {
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
    } finally {
      signal("CONT");
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " ended with " + status);
    }
  }

  /** Asks it to end. Whether it did, in time and with exit code 0. */
  boolean stops() {
    process.terminate();
    try {
      process.await(STOP_LIMIT).orThrow();
      return true;
    } catch (RuntimeException | AssertionError e) {
      return false;
    }
  }

  private void awaitReady() {
    HttpClient http = HttpClient.newHttpClient();
    URI readyz = URI.create("http://127.0.0.1:" + adminPort + "/readyz");
    HttpRequest request = HttpRequest.newBuilder(readyz).timeout(Duration.ofSeconds(10)).build();
    Awaitility.await()
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("the proxy ended:\n" + log());
              }
            })
        .ignoreExceptionsMatching(e -> e instanceof IOException) // not listening yet
        .until(() -> http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);
  }

  private static String jar() {
    String jar = System.getProperty("apf.jar");
    if (jar == null || !Files.isReadable(Path.of(jar))) {
      throw new IllegalStateException(
          "system property apf.jar names no file: " + jar + "; mvn verify sets it");
    }
    return jar;
  }

  /** Below those that the machine gives to outgoing connections, of which an attack makes many. */
  private static int freePort() throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      int candidate = ThreadLocalRandom.current().nextInt(12_000, 32_000);
      try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException taken) {
        // the next one
      }
    }
    throw new IOException("no free port in 12000 to 31999 found");
  }

  /** Ends it, one way or another. */
  @Override
  public void close() {
    process.close();
  }
}
