package io.apfproxy.real;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.child.Ports;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The runnable jar as a child process before a control plane. Closing it drains it and insists on
 * exit code 0.
 */
final class ProxyProcess implements AutoCloseable {
  private static final String HEAP = System.getProperty("apf.proxy.heap", "512m");
  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(90);

  private final ControlPlane cluster;
  private final ChildProxy process;
  private final Path certificates;

  private ProxyProcess(ControlPlane cluster, ChildProxy process, Path certificates) {
    this.cluster = cluster;
    this.process = process;
    this.certificates = certificates;
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
    return start(cluster, kubeconfig, certificates, false, all);
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
    return startServing(cluster, kubeconfig, arguments, certificates, certificates);
  }

  /**
   * The same with the certificate of the Deployment.
   *
   * @param tls folder of its Secret: {@code ca.crt}, {@code tls.crt} and {@code tls.key}
   */
  static ProxyProcess startInstalled(
      ControlPlane cluster, Path kubeconfig, List<String> arguments, Path tls) {
    Path certificates = folder(cluster);
    try {
      Files.copy(tls.resolve("ca.crt"), certificates.resolve("apf-proxy.crt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return startServing(cluster, kubeconfig, arguments, certificates, tls);
  }

  private static ProxyProcess startServing(
      ControlPlane cluster, Path kubeconfig, List<String> arguments, Path certificates, Path tls) {
    List<String> all = new ArrayList<>(arguments);
    all.add("--tls-cert-file=" + tls.resolve("tls.crt"));
    all.add("--tls-private-key-file=" + tls.resolve("tls.key"));
    all.add("--admin-bind-address=127.0.0.1");
    return start(cluster, kubeconfig, certificates, true, all);
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
    return start(cluster, builder, certificates, true, ports);
  }

  private static ProxyProcess start(
      ControlPlane cluster,
      Path kubeconfig,
      Path certificates,
      boolean adminTls,
      List<String> flags) {
    Ports ports = Ports.free();
    List<String> command = ChildProxy.java("-Xmx" + HEAP, "-jar", ChildProxy.jar());
    command.addAll(flags);
    command.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    command.addAll(ports.flags());
    return start(cluster, new ProcessBuilder(command), certificates, adminTls, ports);
  }

  private static ProxyProcess start(
      ControlPlane cluster,
      ProcessBuilder command,
      Path certificates,
      boolean adminTls,
      Ports ports) {
    Path authority = adminTls ? certificates.resolve("apf-proxy.crt") : null;
    return new ProxyProcess(
        cluster, ChildProxy.start(command, ports, authority).awaitReady(), certificates);
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
    return process.url();
  }

  /** Certificate to trust for {@link #url}. */
  Path certificate() {
    return certificates.resolve("apf-proxy.crt");
  }

  /** Where operators connect. */
  URI admin() {
    return process.admin();
  }

  /** What it wrote, for the message of a failing test. */
  String log() {
    return process.log();
  }

  /** What it wrote that is worth a look, but for that this machine gave it no processor. */
  List<String> complaints() {
    return log()
        .lines()
        .filter(line -> line.contains("WARN") || line.contains("ERROR"))
        .filter(line -> !line.contains("BlockedThreadChecker"))
        .toList();
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
                    ChildProxy.java(
                        "-jar",
                        ChildProxy.jar(),
                        "kubeconfig",
                        "--kubeconfig",
                        cluster.kubeconfig(user).toString(),
                        "--server",
                        url().toString(),
                        "--certificate-authority",
                        certificate().toString())))
            .await(COMMAND_TIMEOUT)
            .orThrow();
    try {
      return Files.writeString(file, written.stdout());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Body of a page of the admin listener, such as {@code /metrics}. */
  String page(String path) {
    return process.page(path);
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

  /** Its process id. */
  long pid() {
    return process.pid();
  }

  /** Sends it {@code STOP} or {@code CONT}. */
  void signal(String name) {
    process.signal(name);
  }

  /** Resident memory in bytes. Linux only. */
  long residentBytes() {
    return process.residentBytes();
  }

  /** Sends SIGTERM and waits for the drain, which must end with exit code 0. */
  @Override
  public void close() {
    process.stop(STOP_TIMEOUT).orThrow();
  }
}
