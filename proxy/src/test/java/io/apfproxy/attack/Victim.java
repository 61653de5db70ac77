package io.apfproxy.attack;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.child.Ports;
import io.apfproxy.fixtures.realcluster.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The runnable jar as a child process with a small heap, in which all limits per address hold for
 * loopback too, and that tells of callbacks that take too long.
 */
final class Victim implements AutoCloseable {
  static final long HEAP_BYTES = 256L << 20;
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
  private static final Duration MANAGEMENT_LIMIT = Duration.ofSeconds(10);
  private static final Pattern MORE_FLAGS = Pattern.compile(",(?=--)");
  private static final Pattern BLOCKED = Pattern.compile("has been blocked for (\\d+) ms");

  private final ChildProxy process;
  private final int managementPort;

  /**
   * Starts it and waits until it is ready.
   *
   * @param folder of its own, for certificates
   * @param kubeconfig of its upstream
   * @param clientCa whose certificates it believes; given, as one that was not read yet would make
   *     light of every chain
   * @param flags besides its own
   */
  Victim(Path folder, Path kubeconfig, Path clientCa, String... flags) throws IOException {
    managementPort = FreePort.find();
    Ports ports = Ports.free();
    Path services = folder.resolve("services");
    install(services);
    List<String> command =
        ChildProxy.java(
            "-Xmx" + (HEAP_BYTES >> 20) + "m",
            "-Dcom.sun.management.jmxremote.port=" + managementPort,
            "-Dcom.sun.management.jmxremote.host=127.0.0.1",
            "-Dcom.sun.management.jmxremote.ssl=false",
            "-Dcom.sun.management.jmxremote.authenticate=false",
            "-Djava.rmi.server.hostname=127.0.0.1",
            "-cp",
            services + ":" + ChildProxy.jar(),
            "io.apfproxy.Main",
            "--kubeconfig=" + kubeconfig,
            "--client-ca-file=" + clientCa,
            "--allow-privileged-impersonation",
            "--cert-dir=" + folder,
            // an address of loopback is an attacker's here
            "--unlimited-addresses=",
            "--max-requests-inflight=40",
            "--max-mutating-requests-inflight=20",
            "--shutdown-grace=5s");
    MORE_FLAGS
        .splitAsStream(System.getProperty("apf.stranger.flags", ""))
        .filter(flag -> !flag.isEmpty())
        .forEach(command::add);
    command.addAll(List.of(flags));
    command.addAll(ports.flags());
    process = ChildProxy.start(new ProcessBuilder(command), ports, null).awaitReady();
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
    return process.port();
  }

  int adminPort() {
    return process.adminPort();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it wrote. */
  String log() {
    return process.log();
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
    return process.residentBytes();
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
  void pause(Duration length) throws InterruptedException {
    process.signal("STOP");
    try {
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
    } finally {
      process.signal("CONT");
    }
  }

  /** Asks it to end. Whether it did, in time and with exit code 0. */
  boolean stops() {
    try {
      process.stop(STOP_LIMIT).orThrow();
      return true;
    } catch (RuntimeException | AssertionError e) {
      return false;
    }
  }

  /** Ends it, one way or another. */
  @Override
  public void close() {
    process.close();
  }
}
