package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.marcnuri.helm.Helm;
import io.apfproxy.Trust;
import io.apfproxy.deploy.Chart;
import io.apfproxy.deploy.Manifests;
import io.apfproxy.deploy.Yaml;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What installs the proxy passes a real server, and the proxy works with just what it grants. On a
 * control plane of its own, as Helm wants to own the definitions that it installs.
 */
@RealControlPlane(audit = true, flags = "--v=1")
final class DeployRealIT {
  private static final String SECRET = "second-apf-proxy-tls";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ACCOUNT = "system:serviceaccount:apf-system:apf-proxy";
  private static final String IMPERSONATOR = ACCOUNT + "-impersonator";
  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: tenants}
      spec: {type: Limited, limited: {nominalConcurrencyShares: 10, limitResponse: {type: Queue, queuing: {}}}}
      """;

  @TempDir static Path scratch;
  private static ControlPlane cluster;
  private static Kubectl admin;

  @BeforeAll
  static void install(ControlPlane controlPlane) {
    cluster = controlPlane;
    admin = cluster.kubectl("admin");
    ProxyAccess.grant(cluster);
    admin.run("apply", "-k", Manifests.FOLDER.toString()).orThrow();
  }

  @Test
  void manifestsPassTheServersDryRunWithoutAWarning() {
    CommandResult applied =
        admin
            .run(
                "apply",
                "-k",
                Manifests.FOLDER.toString(),
                "--dry-run=server",
                "--server-side",
                "--force-conflicts",
                "--validate=strict",
                "--warnings-as-errors")
            .orThrow();

    assertThat(applied.stdout().lines())
        .hasSameSizeAs(Manifests.objects())
        .allMatch(line -> line.endsWith("serverside-applied (server dry run)"));
  }

  @Test
  void chartPassesTheServersDryRunWithoutAWarning() {
    String rendered =
        Chart.render(
            "{tls: {existingSecret: t}, metrics: {dashboard: {enabled: true}, readers: [{name: p, namespace: m}]}}");

    admin
        .runWithInput(
            rendered,
            "apply",
            "-f",
            "-",
            "--dry-run=server",
            "--validate=strict",
            "--warnings-as-errors")
        .orThrow();
  }

  /** The namespace admits only pods that are restricted as Kubernetes' standard says. */
  @Test
  void podIsRestricted() throws IOException {
    ObjectNode pod = JSON.createObjectNode().put("apiVersion", "v1").put("kind", "Pod");
    pod.putObject("metadata").put("name", "p").put("namespace", "apf-system");
    ObjectNode spec =
        Yaml.named(Manifests.objects(), "Deployment apf-proxy")
            .at("/spec/template/spec")
            .deepCopy();
    pod.set("spec", spec);
    String[] create = {"create", "-f", "-", "--dry-run=server"};

    admin.runWithInput(JSON.writeValueAsString(pod), create).orThrow();
    ((ObjectNode) spec.at("/containers/0/securityContext")).put("allowPrivilegeEscalation", true);

    assertThat(admin.runWithInput(JSON.writeValueAsString(pod), create).stderr())
        .contains("violates PodSecurity \"restricted");
  }

  /** S09 of the security specification. */
  @ParameterizedTest
  @CsvSource({
    "apf-proxy, create, tokenreviews.authentication.k8s.io, yes",
    "apf-proxy, create, subjectaccessreviews.authorization.k8s.io, yes",
    "apf-proxy, watch, flowschemas.flowcontrol.apiserver.k8s.io, yes",
    "apf-proxy, watch, ratelimits.flowcontrol.apf-proxy.io, yes",
    "apf-proxy, update, ratelimits.flowcontrol.apf-proxy.io, no",
    "apf-proxy, impersonate, users, no",
    "apf-proxy, impersonate, groups, no",
    "apf-proxy, get, secrets, no",
    "apf-proxy, update, flowschemas.flowcontrol.apiserver.k8s.io, no",
    "apf-proxy, create, serviceaccounts/token, no",
    "apf-proxy-impersonator, impersonate, users, yes",
    "apf-proxy-impersonator, impersonate, groups, yes",
    "apf-proxy-impersonator, impersonate, serviceaccounts, yes",
    "apf-proxy-impersonator, create, tokenreviews.authentication.k8s.io, no",
    "apf-proxy-impersonator, get, secrets, no",
    "apf-proxy-impersonator, list, namespaces, no",
  })
  void accountsMayDoTheirPartOnly(String account, String verb, String resource, String may) {
    CommandResult answer =
        admin.run(
            "auth",
            "can-i",
            verb,
            resource,
            "--as=system:serviceaccount:apf-system:" + account,
            "--as-group=system:serviceaccounts",
            "--as-group=system:authenticated");

    assertThat(answer.stdout().strip()).as("%s", answer).isEqualTo(may);
  }

  /** Users, groups, uids and extra values of any key: all that an identity consists of. */
  @Tag("S09")
  @Test
  void impersonatorTakesOnWholeIdentities() throws IOException {
    Path whole =
        serviceAccountKubeconfig(
            "apf-proxy-impersonator",
            "as: carol, as-uid: u-1, as-groups: [dev], as-user-extra: {example.com/key: [v]}");

    JsonNode user =
        JSON.readTree(
                cluster.kubectlWith(whole).run("auth", "whoami", "-o", "json").orThrow().stdout())
            .at("/status/userInfo");

    assertThat(user.path("username").asText()).isEqualTo("carol");
    assertThat(user.path("uid").asText()).isEqualTo("u-1");
    assertThat(user.path("groups").toString()).contains("\"dev\"");
    assertThat(user.at("/extra/example.com~1key/0").asText()).isEqualTo("v");
  }

  @Test
  void proxyWorksWithTheDeploymentsArgumentsAndRights() throws Exception {
    Path account = serviceAccountKubeconfig("apf-proxy", "");
    String crds = CrdRealIT.crds().toString();
    Definitions.apply(admin, CrdRealIT.crds());
    ProxyProcess proxy =
        ProxyProcess.startDeployed(cluster, account, Manifests.arguments(Manifests.objects()));
    try (proxy) {
      assertThat(proxy.kubectl("alice").run("get", "namespaces", "-o", "name").orThrow().stdout())
          .contains("namespace/apf-system");
      assertThat(
              proxy.kubectl("admin-cert").run("get", "namespaces", "-o", "name").orThrow().stdout())
          .contains("namespace/apf-system");

      awaitAudited("alice", "");
      awaitAudited(IMPERSONATOR, "admin");
      scrapesByTokenAndRole(proxy);
      admin.runWithInput(LEVEL, "apply", "-f", "-").orThrow();
      admin
          .run(
              "wait",
              "--for=condition=InForce",
              "prioritylevelconfigurations.flowcontrol.apf-proxy.io/tenants",
              "--timeout=60s")
          .orThrow();
      assertThat(proxy.complaints()).isEmpty();
    } finally {
      admin.run("delete", "-f", crds); // Helm does not take over what it did not make
    }
    // Closing it drained it, with exit code 0.
  }

  /**
   * @param more fields of the user beside its token
   */
  private static Path serviceAccountKubeconfig(String name, String more) throws IOException {
    String token =
        admin.run("create", "token", name, "-n", "apf-system").orThrow().stdout().strip();
    return Files.writeString(
        scratch.resolve(name + ".kubeconfig"),
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
          user: {token: "%s", %s}
        """
            .formatted(cluster.url(), cluster.pki("ca.crt"), token, more));
  }

  /** Waits for a list of namespaces by this user, in the name of the other if that is not empty. */
  private static void awaitAudited(String user, String impersonated) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              for (String line : cluster.auditLog()) {
                JsonNode event = JSON.readTree(line);
                if (event.path("requestURI").asText().startsWith("/api/v1/namespaces?")
                    && event.at("/user/username").asText().equals(user)
                    && event.at("/impersonatedUser/username").asText("").equals(impersonated)
                    && event.at("/responseStatus/code").asInt() == 200) {
                  return true;
                }
              }
              return false;
            });
  }

  private static void scrapesByTokenAndRole(ProxyProcess proxy) throws Exception {
    admin.run("create", "serviceaccount", "prometheus", "-n", "default").orThrow();
    String token =
        admin.run("create", "token", "prometheus", "-n", "default").orThrow().stdout().strip();
    assertThat(scrape(proxy, token)).startsWith("HTTP/1.1 403");
    admin
        .run(
            "create",
            "clusterrolebinding",
            "prometheus",
            "--clusterrole=apf-proxy-metrics-reader",
            "--serviceaccount=default:prometheus")
        .orThrow();

    // The first answer is remembered for ten seconds.
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(scrape(proxy, token))
                    .startsWith("HTTP/1.1 200")
                    .contains("apf_proxy_ready 1.0")
                    .contains("apf_proxy_certificate_days_left "));
  }

  /** Under a name that is not this machine's, as from elsewhere. */
  private static String scrape(ProxyProcess proxy, String token) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            Trust.in(proxy.certificate())
                .getSocketFactory()
                .createSocket("127.0.0.1", proxy.admin().getPort())) {
      socket.setSoTimeout(60_000);
      String head =
          "GET /metrics HTTP/1.1\r\nHost: pod\r\nConnection: close\r\nAuthorization: Bearer "
              + token
              + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void helmInstallsUpgradesAndRemoves() throws Exception {
    Path kubeconfig = cluster.kubeconfig("admin");
    String[] secret = {"get", "secret", SECRET, "-n", "apf-helm", "-o", "json"};
    String[] replicas = {
      "get", "deployment", "second-apf-proxy", "-n", "apf-helm", "-o", "jsonpath={.spec.replicas}"
    };

    new Helm(Chart.FOLDER)
        .install()
        .withName("second")
        .withNamespace("apf-helm")
        .createNamespace()
        .withKubeConfig(kubeconfig)
        .set("tls.dnsNames[0]", "apf.example.com")
        .call();
    JsonNode made = JSON.readTree(admin.run(secret).orThrow().stdout()).path("data");
    namesTheProxyAndItsAuthority(made);
    assertThat(admin.run(replicas).orThrow().stdout()).isEqualTo("2");

    new Helm(Chart.FOLDER)
        .upgrade()
        .withName("second")
        .withNamespace("apf-helm")
        .withKubeConfig(kubeconfig)
        .set("replicas", 3)
        .call();
    assertThat(JSON.readTree(admin.run(secret).orThrow().stdout()).path("data"))
        .as("the certificate stays")
        .isEqualTo(made);
    assertThat(admin.run(replicas).orThrow().stdout()).isEqualTo("3");

    Helm.uninstall("second").withNamespace("apf-helm").withKubeConfig(kubeconfig).call();
    assertThat(admin.run(secret).exitCode()).isNotZero();
    assertThat(admin.run("get", "clusterrole", "-o", "name").orThrow().stdout())
        .doesNotContain("second-apf-proxy");
    assertThat(admin.run("get", "crd", "-o", "name").orThrow().stdout())
        .as("definitions stay, and with them all schemas, levels and limits")
        .contains("flowschemas.flowcontrol.apf-proxy.io")
        .contains("prioritylevelconfigurations.flowcontrol.apf-proxy.io")
        .contains("ratelimits.flowcontrol.apf-proxy.io");
  }

  private static void namesTheProxyAndItsAuthority(JsonNode secret) throws Exception {
    X509Certificate authority = certificate(secret.path("ca.crt").asText());
    X509Certificate leaf = certificate(secret.path("tls.crt").asText());

    leaf.verify(authority.getPublicKey());
    assertThat(leaf.getSubjectAlternativeNames().stream().map(name -> name.get(1).toString()))
        .contains(
            "localhost",
            "127.0.0.1",
            "second-apf-proxy.apf-helm.svc",
            "kubernetes.default.svc",
            "apf.example.com");
  }

  private static X509Certificate certificate(String base64) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
  }
}
