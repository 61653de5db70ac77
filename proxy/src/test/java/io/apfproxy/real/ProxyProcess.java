package io.apfproxy.real;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TrustingTls;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * The runnable jar as a child process before a control plane. Closing it drains it and insists on
 * exit code 0.
 */
final class ProxyProcess implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(90);

  private final ControlPlane cluster;
  private final RunningCommand process;
  private final Path certificates;
  private final URI url;
  private final URI admin;
  private final HttpClient http;

  private ProxyProcess(
      ControlPlane cluster, RunningCommand process, Path certificates, URI url, URI admin) {
    this.cluster = cluster;
    this.process = process;
    this.certificates = certificates;
    this.url = url;
    this.admin = admin;
    HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
    this.http =
        admin.getScheme().equals("https")
            ? builder.sslContext(TrustingTls.context(certificate())).build()
            : builder.build();
  }

  /**
   * Starts the proxy with the credential of the user {@code apf-proxy} and waits until it is ready.
   *
   * @param flags further flags
   */
  static ProxyProcess start(ControlPlane cluster, String... flags) {
    return startWith(cluster, cluster.kubeconfig("proxy"), flags);
  }

  /** Starts the proxy with another way to the upstream, and waits until it is ready. */
  static ProxyProcess startWith(ControlPlane cluster, Path kubeconfig, String... flags) {
    Path certificates = folder(cluster);
    List<String> all = new ArrayList<>(List.of("--cert-dir=" + certificates));
    all.addAll(List.of(flags));
    return start(cluster, kubeconfig, certificates, "http", all);
  }

  /**
   * Starts the proxy with the arguments of a Deployment; only what a test must say differently is
   * said again after them: the way to the upstream, the addresses and the serving certificate.
   *
   * @param kubeconfig in place of the service account's folder
   * @param arguments of the container; they ask for TLS on the admin listener
   */
  static ProxyProcess startDeployed(ControlPlane cluster, Path kubeconfig, List<String> arguments) {
    Path certificates = folder(cluster);
    TestAuthority authority = TestAuthority.named("serving-ca");
    try {
      Files.writeString(certificates.resolve("apf-proxy.crt"), authority.pem());
      authority
          .leaf("apf-proxy")
          .forServers("127.0.0.1", "localhost")
          .issue()
          .write(certificates, "tls");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> all = new ArrayList<>(arguments);
    all.add("--tls-cert-file=" + certificates.resolve("tls.crt"));
    all.add("--tls-private-key-file=" + certificates.resolve("tls.key"));
    all.add("--admin-bind-address=127.0.0.1");
    return start(cluster, kubeconfig, certificates, "https", all);
  }

  private static Path folder(ControlPlane cluster) {
    try {
      return Files.createTempDirectory(cluster.directory(), "apf-proxy-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Starts an image as a container runs it; what is said again is only the addresses.
   *
   * @param arguments of the container; they ask for TLS on the admin listener
   * @param authority PEM of whoever issued the certificate that the image was given
   * @param environment of the container
   */
  static ProxyProcess startImage(
      ControlPlane cluster,
      UnpackedImage image,
      List<String> arguments,
      String authority,
      Map<String, String> environment) {
    Path certificates = folder(cluster);
    try {
      Files.writeString(certificates.resolve("apf-proxy.crt"), authority);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> all = new ArrayList<>(arguments);
    all.add("--admin-bind-address=127.0.0.1");
    Ports ports = Ports.free();
    all.addAll(ports.flags());
    ProcessBuilder builder = new ProcessBuilder(image.command(all));
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().putAll(environment);
    return start(cluster, builder, certificates, "https", ports);
  }

  private static ProxyProcess start(
      ControlPlane cluster,
      Path kubeconfig,
      Path certificates,
      String adminScheme,
      List<String> flags) {
    Ports ports = Ports.free();
    List<String> command = new ArrayList<>(List.of(java(), "-Xmx512m", "-jar", jar()));
    command.addAll(flags);
    command.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    command.addAll(ports.flags());
    return start(cluster, new ProcessBuilder(command), certificates, adminScheme, ports);
  }

  private static ProxyProcess start(
      ControlPlane cluster,
      ProcessBuilder command,
      Path certificates,
      String adminScheme,
      Ports ports) {
    RunningCommand process = RunningCommand.start(command);
    ProxyProcess proxy =
        new ProxyProcess(
            cluster,
            process,
            certificates,
            URI.create("https://127.0.0.1:" + ports.secure()),
            URI.create(adminScheme + "://127.0.0.1:" + ports.admin()));
    try {
      proxy.awaitReady();
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
    return proxy;
  }

  /**
   * The same before kube-apiserver's front-proxy settings: client certificates go upstream as
   * request headers.
   */
  static ProxyProcess startAsFrontProxy(ControlPlane cluster, String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--proxy-client-cert-file=" + cluster.pki("front-proxy-client.crt"));
    all.add("--proxy-client-key-file=" + cluster.pki("front-proxy-client.key"));
    return start(cluster, all.toArray(String[]::new));
  }

  /** Where clients connect. */
  URI url() {
    return url;
  }

  /** Certificate to trust for {@link #url}. */
  Path certificate() {
    return certificates.resolve("apf-proxy.crt");
  }

  /** Where operators connect. */
  URI admin() {
    return admin;
  }

  /** What it wrote, for the message of a failing test. */
  String log() {
    return process.stdout() + process.stderr();
  }

  /**
   * kubectl of one of the control plane's users, led through the proxy by the {@code kubeconfig}
   * command.
   */
  Kubectl kubectl(String user) {
    return cluster.kubectlWith(kubeconfig(user));
  }

  /** A kubeconfig of one of the control plane's users that leads through the proxy. */
  Path kubeconfig(String user) {
    Path file = certificates.resolve(user + ".kubeconfig");
    if (Files.exists(file)) {
      return file;
    }
    CommandResult written =
        RunningCommand.start(
                new ProcessBuilder(
                    java(),
                    "-jar",
                    jar(),
                    "kubeconfig",
                    "--kubeconfig",
                    cluster.kubeconfig(user).toString(),
                    "--server",
                    url.toString(),
                    "--certificate-authority",
                    certificate().toString()))
            .await(START_TIMEOUT)
            .orThrow();
    try {
      return Files.writeString(file, written.stdout());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Body of a page of the admin listener, such as {@code /metrics}. */
  String page(String path) {
    HttpResponse<String> response = get(path);
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          path + " answers " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  /**
   * Sum of the samples of one metric whose labels all match.
   *
   * @param name name as exposed, such as {@code apiserver_flowcontrol_current_executing_requests}
   * @param labels text such as {@code priority_level="exempt"} that the sample must hold
   */
  double metric(String name, String... labels) {
    Pattern sample = Pattern.compile("(?m)^" + Pattern.quote(name) + "(\\{[^\\n]*})? (\\S+)");
    Matcher matcher = sample.matcher(page("/metrics"));
    double sum = 0;
    boolean found = false;
    while (matcher.find()) {
      String tags = matcher.group(1) == null ? "" : matcher.group(1);
      if (List.of(labels).stream().allMatch(tags::contains)) {
        found = true;
        sum += Double.parseDouble(matcher.group(2));
      }
    }
    if (!found) {
      throw new IllegalStateException("no sample of " + name + " with " + List.of(labels));
    }
    return sum;
  }

  /** Resident memory in bytes. Linux only. */
  long residentBytes() {
    try {
      return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends SIGTERM and waits for the drain, which must end with exit code 0. */
  @Override
  public void close() {
    process.terminate();
    process.await(STOP_TIMEOUT).orThrow();
  }

  private void awaitReady() {
    Awaitility.await()
        .atMost(START_TIMEOUT)
        .pollInterval(Duration.ofMillis(100))
        .failFast(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("the proxy ended:\n" + log());
              }
            })
        .until(this::isReady);
  }

  private boolean isReady() {
    try {
      return get("/readyz").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false; // not listening yet
    }
  }

  private HttpResponse<String> get(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(admin.resolve(path)).timeout(Duration.ofSeconds(10)).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static String jar() {
    String jar = System.getProperty("apf.jar");
    if (jar == null || !Files.isReadable(Path.of(jar))) {
      throw new IllegalStateException(
          "system property apf.jar names no file: " + jar + "; mvn verify sets it");
    }
    return jar;
  }

  /** On loopback, free a moment ago. */
  private record Ports(int secure, int admin) {
    static Ports free() {
      return new Ports(freePort(), freePort());
    }

    List<String> flags() {
      return List.of(
          "--bind-address=127.0.0.1", "--secure-port=" + secure, "--admin-port=" + admin);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
