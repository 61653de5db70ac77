package io.apfproxy.real;

import static org.awaitility.Awaitility.await;

import com.marcnuri.helm.Helm;
import io.apfproxy.deploy.Chart;
import io.apfproxy.deploy.Manifests;
import io.apfproxy.deploy.Yaml;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The chart in a control plane, installed and upgraded by Helm, and a proxy with the arguments, the
 * certificate and the rights of its pods. It has few seats, so that requests wait.
 */
final class InstalledChart implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int SEATS = 6;

  private final ControlPlane cluster;
  private final Kubectl kubectl;
  private final Path folder;
  private ProxyProcess proxy;

  private InstalledChart(ControlPlane cluster, Path folder) {
    this.cluster = cluster;
    this.kubectl = cluster.kubectl("admin");
    this.folder = folder;
  }

  /**
   * Installs it and starts the proxy.
   *
   * @param folder for files, empty
   * @param values YAML
   */
  static InstalledChart install(ControlPlane cluster, Path folder, String values)
      throws IOException {
    InstalledChart chart = new InstalledChart(cluster, folder);
    ProxyAccess.grant(cluster);
    new Helm(Chart.FOLDER)
        .install()
        .withName(Chart.RELEASE)
        .withNamespace(Chart.NAMESPACE)
        .createNamespace()
        .withKubeConfig(cluster.kubeconfig("admin"))
        .withValuesFile(chart.file(values))
        .set("replicas", 1)
        .set("flowControl.maxRequestsInflight", SEATS)
        .set("flowControl.maxMutatingRequestsInflight", SEATS)
        .call();
    // served a moment after the definitions say so
    await().atMost(SOON).until(() -> chart.kubectl.run("get", "fs,plc,rl").exitCode() == 0);
    chart.start();
    return chart;
  }

  /** Upgrades it, and rolls the proxy. */
  void upgrade(String values) throws IOException {
    new Helm(Chart.FOLDER)
        .upgrade()
        .withName(Chart.RELEASE)
        .withNamespace(Chart.NAMESPACE)
        .withKubeConfig(cluster.kubeconfig("admin"))
        .withValuesFile(file(values))
        .set("replicas", 1)
        .set("flowControl.maxRequestsInflight", SEATS)
        .set("flowControl.maxMutatingRequestsInflight", SEATS)
        .call();
    proxy.close();
    start();
  }

  private Path file(String values) throws IOException {
    return Files.writeString(folder.resolve("values.yaml"), values);
  }

  private void start() throws IOException {
    List<String> arguments =
        new ArrayList<>(
            Manifests.arguments(
                Yaml.documents(
                    kubectl
                        .run("get", "deployment", "apf-proxy", "-n", Chart.NAMESPACE, "-o", "yaml")
                        .orThrow()
                        .stdout())));
    arguments.add("--shutdown-delay-duration=0s");
    Path tls = Files.createDirectories(folder.resolve("tls"));
    for (String file : List.of("ca.crt", "tls.crt", "tls.key")) {
      String encoded =
          kubectl
              .run(
                  "get",
                  "secret",
                  "apf-proxy-tls",
                  "-n",
                  Chart.NAMESPACE,
                  "-o",
                  "jsonpath={.data." + file.replace(".", "\\.") + "}")
              .orThrow()
              .stdout();
      Files.write(tls.resolve(file), Base64.getDecoder().decode(encoded));
    }
    proxy = ProxyProcess.startInstalled(cluster, account(), arguments, tls);
  }

  /** The way to upstream of the pods' service account. */
  private Path account() throws IOException {
    String token =
        kubectl.run("create", "token", "apf-proxy", "-n", Chart.NAMESPACE).orThrow().stdout();
    return Files.writeString(
        folder.resolve("account.kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        clusters:
        - name: c
          cluster: {server: "%s", certificate-authority: "%s"}
        contexts:
        - name: c
          context: {cluster: c, user: u, namespace: apf-system}
        current-context: c
        users:
        - name: u
          user: {token: "%s"}
        """
            .formatted(cluster.url(), cluster.pki("ca.crt"), token.strip()));
  }

  /** The one that runs now. */
  ProxyProcess proxy() {
    return proxy;
  }

  @Override
  public void close() {
    proxy.close();
  }
}
