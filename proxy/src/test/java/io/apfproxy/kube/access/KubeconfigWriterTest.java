package io.apfproxy.kube.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KubeconfigWriterTest {
  private static final String IN =
      """
      apiVersion: v1
      kind: Config
      clusters:
      - name: a
        cluster: {server: "https://10.0.0.1:6443/k8s", certificate-authority-data: QQ==, proxy-url: "http://p"}
      - name: b
        cluster: {server: "https://b", insecure-skip-tls-verify: true}
      contexts:
      - name: one
        context: {cluster: a, user: cert, namespace: ns}
      current-context: one
      users:
      - name: cert
        user: {client-certificate: pki/a.crt, client-key: /abs/a.key}
      - name: token
        user: {token: "0123"}
      - name: plugin
        user:
          exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/login, args: ["--x"]}
      - name: searched
        user:
          exec: {apiVersion: client.authentication.k8s.io/v1, command: login}
      """;

  @Test
  void replacesServerAndTrustAndKeepsUsersAndContexts() throws UpstreamAccessException {
    String out =
        KubeconfigWriter.rewrite(
            IN, Path.of("/home/me/.kube"), "https://proxy:6443", Path.of("/etc/proxy-ca.crt"));
    Kubeconfig read = Kubeconfig.parse(out, "output");
    List<Map<String, Object>> clusters = read.values("clusters", "cluster");
    assertThat(clusters)
        .hasSize(2)
        .allSatisfy(
            cluster ->
                assertThat(cluster)
                    .containsEntry("server", "https://proxy:6443")
                    .containsEntry("certificate-authority", "/etc/proxy-ca.crt")
                    .doesNotContainKeys("certificate-authority-data", "insecure-skip-tls-verify"));
    assertThat(clusters.get(0)).containsEntry("proxy-url", "http://p");
    assertThat(read.values("users", "user"))
        .containsExactly(
            Map.of("client-certificate", "/home/me/.kube/pki/a.crt", "client-key", "/abs/a.key"),
            Map.of("token", "0123"),
            Map.of(
                "exec",
                Map.of(
                    "apiVersion",
                    "client.authentication.k8s.io/v1",
                    "command",
                    "/home/me/.kube/bin/login",
                    "args",
                    List.of("--x"))),
            Map.of(
                "exec",
                Map.of("apiVersion", "client.authentication.k8s.io/v1", "command", "login")));
    assertThat(read.select(null).context()).isEqualTo("one");
    assertThat(read.values("contexts", "context").get(0)).containsEntry("namespace", "ns");
  }

  @Test
  @DisplayName("L-85: one user and one authority for all contexts, in the text itself")
  void writesOneHolderForAllContexts() throws UpstreamAccessException {
    byte[] pem = "PEM".getBytes(StandardCharsets.US_ASCII);
    byte[] key = "KEY".getBytes(StandardCharsets.US_ASCII);

    Kubeconfig read =
        Kubeconfig.parse(
            KubeconfigWriter.forHolder(IN, "https://proxy:7443", pem, pem, key), "output");

    assertThat(read.values("clusters", "cluster"))
        .hasSize(2)
        .allSatisfy(
            cluster ->
                assertThat(cluster)
                    .containsEntry("server", "https://proxy:7443")
                    .containsEntry("certificate-authority-data", "UEVN")
                    .doesNotContainKeys("certificate-authority", "insecure-skip-tls-verify"));
    assertThat(read.values("users", "user"))
        .hasSize(4)
        .allMatch(Map.of("client-certificate-data", "UEVN", "client-key-data", "S0VZ")::equals);
    assertThat(read.select(null).context()).isEqualTo("one");
  }

  @Test
  void refusesWhatIsNoKubeconfig() {
    for (String text : List.of("a: [", "just text", "kind: Config")) {
      assertThatExceptionOfType(UpstreamAccessException.class)
          .isThrownBy(() -> KubeconfigWriter.rewrite(text, Path.of("/"), "https://p", null))
          .withMessageStartingWith("the kubeconfig");
    }
  }
}
