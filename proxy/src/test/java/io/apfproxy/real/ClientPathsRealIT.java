package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to lead clients to the proxy that the README names. */
@RealControlPlane(audit = true)
final class ClientPathsRealIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * The world of a pod: the service account's folder, and a hosts file as hostAliases makes it, in
   * a mount namespace of its own.
   */
  private static final String POD =
      """
      set -e
      mount -t tmpfs tmpfs /run
      mkdir -p /run/secrets/kubernetes.io/serviceaccount
      cp "$1"/token "$1"/ca.crt "$1"/namespace /run/secrets/kubernetes.io/serviceaccount/
      mount --bind "$1/hosts" /etc/hosts
      shift
      exec "$@"
      """;

  @TempDir Path scratch;
  private static ControlPlane cluster;
  private static ProxyProcess proxy;

  @BeforeAll
  static void start(ControlPlane controlPlane) {
    cluster = controlPlane;
    ProxyAccess.grant(cluster);
    proxy = ProxyProcess.start(cluster);
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.close();
    }
  }

  @Test
  void kubeconfigCommand() {
    assertThat(proxy.kubectl("alice").run("get", "namespaces").orThrow().stdout())
        .contains("kube-system");
  }

  @Test
  void nameOfTheService() {
    CommandResult answer =
        cluster
            .kubectl("alice")
            .run(
                "get",
                "namespaces",
                "--server=" + proxy.url(),
                "--tls-server-name=apf-proxy.apf-system.svc",
                "--certificate-authority=" + proxy.certificate());

    assertThat(answer.orThrow().stdout()).contains("kube-system");
  }

  /** By client certificate, as kubelets do. */
  @Test
  void kubeletOnTheSameNode() {
    ProcessBuilder builder =
        new ProcessBuilder(
            binary("fake-kubelet"),
            "--kubeconfig=" + proxy.kubeconfig("admin-cert"),
            "--node=edge",
            "--root=" + scratch,
            "--cert=" + cluster.pki("kubelet.crt"),
            "--key=" + cluster.pki("kubelet.key"),
            "--client-ca=" + cluster.pki("ca.crt"));
    try (RunningCommand kubelet = RunningCommand.start(builder)) {
      kubelet.awaitStdout(text -> text.contains("ready "), TIMEOUT);
      String condition = "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";

      Awaitility.await()
          .atMost(TIMEOUT)
          .until(
              () -> cluster.kubectl("admin").run("get", "node", "edge", "-o", condition).stdout(),
              "True"::equals);
    } finally {
      cluster.kubectl("admin").run("delete", "node", "edge");
    }
  }

  @Test
  void inClusterConfigurationByHostAlias() throws Exception {
    assumeThat(System.getProperty("user.name")).as("mounts need root").isEqualTo("root");
    Files.writeString(scratch.resolve("token"), ControlPlane.token("alice"));
    Files.writeString(scratch.resolve("namespace"), "default");
    Files.writeString(scratch.resolve("hosts"), "127.0.0.1 kubernetes.default.svc\n");
    Files.copy(proxy.certificate(), scratch.resolve("ca.crt"));
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                "unshare",
                "--mount",
                "bash",
                "-c",
                POD,
                "pod",
                scratch.toString(),
                binary("kubectl"),
                "get",
                "namespaces",
                "-v=6"));
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", System.getenv("PATH"),
                "HOME", scratch.toString(),
                "KUBERNETES_SERVICE_HOST", "kubernetes.default.svc",
                "KUBERNETES_SERVICE_PORT", String.valueOf(proxy.url().getPort())));

    CommandResult answer = RunningCommand.start(builder).await(TIMEOUT).orThrow();

    assertThat(answer.stdout()).contains("kube-system");
    assertThat(answer.stderr()).contains("https://kubernetes.default.svc:" + proxy.url().getPort());
  }

  private static String binary(String name) {
    return Path.of(System.getenv("KUBEBUILDER_ASSETS"), name).toString();
  }
}
