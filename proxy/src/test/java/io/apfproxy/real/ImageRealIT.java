package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.deploy.Manifests;
import io.apfproxy.deploy.Yaml;
import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.pki.TestCertificate;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image runs as the Deployment runs it: its root file system, its user, the service account's
 * token and nothing else. Part of {@code mvn -Pimage} only, which writes it.
 */
@Tag("image")
@RealControlPlane(audit = true)
final class ImageRealIT {
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount/";

  private static final String KINDS =
      Stream.of("flowschemas", "prioritylevelconfigurations", "ratelimits")
          .map(kind -> kind + ".flowcontrol.apf-proxy.io")
          .collect(Collectors.joining(","));

  /** As the JVM tells where it has a class from. */
  private static final Pattern READY_MADE =
      Pattern.compile("io\\.apfproxy\\.Main source: shared objects file");

  @TempDir Path scratch;

  @Test
  void imageServesClientsInTheCluster(ControlPlane cluster) throws Exception {
    // Given
    Path tar = Path.of(System.getProperty("apf.image", "none"));
    assumeThat(tar).as("mvn -Pimage writes it").exists();
    assumeThat(System.getProperty("user.name")).as("mounts need root").isEqualTo("root");
    Kubectl admin = cluster.kubectl("admin");
    ProxyAccess.grant(cluster);
    admin.run("apply", "-f", CrdRealIT.crds().toString()).orThrow();
    // served a moment after they are there; the names are kube-apiserver's own, too
    await().until(() -> admin.run("get", KINDS).exitCode() == 0);
    admin.run("apply", "-k", Manifests.FOLDER.toString()).orThrow();
    UnpackedImage image = UnpackedImage.unpack(tar, scratch);
    image.mount(
        ACCOUNT + "token",
        admin.run("create", "token", "apf-proxy", "-n", "apf-system").orThrow().stdout());
    image.mount(ACCOUNT + "ca.crt", Files.readString(cluster.pki("ca.crt")));
    image.mount(ACCOUNT + "namespace", "apf-system");
    image.mount("/etc/resolv.conf", "nameserver 127.0.0.1\n");
    image.mount("/etc/hosts", "127.0.0.1 localhost\n");
    TestAuthority authority = TestAuthority.named("serving-ca");
    TestCertificate leaf = authority.leaf("apf-proxy").forServers("127.0.0.1", "localhost").issue();
    image.mount("/etc/apf-proxy/tls/tls.crt", leaf.certificatePem());
    image.mount("/etc/apf-proxy/tls/tls.key", leaf.keyPem());

    // When
    List<String> arguments = new ArrayList<>(Manifests.arguments(Manifests.objects()));
    try (ProxyProcess proxy =
        ProxyProcess.startImage(
            cluster,
            image,
            arguments,
            authority.pem(),
            Map.of(
                "KUBERNETES_SERVICE_HOST", cluster.url().getHost(),
                "KUBERNETES_SERVICE_PORT", String.valueOf(cluster.url().getPort())))) {

      // Then
      for (String user : List.of("alice", "admin-cert")) {
        assertThat(proxy.kubectl(user).run("get", "namespaces", "-o", "name").orThrow().stdout())
            .as(user)
            .contains("namespace/apf-system");
      }
      assertThat(proxy.log())
          .contains("transport epoll, TLS by BoringSSL")
          .doesNotContain("shared class paths mismatch");
      assertThat(proxy.complaints()).isEmpty();
    }
  }

  @Test
  void imageTakesItsClassesFromWhatTheTrainingLeftAndStartsWithoutWhereThatDoesNotFit()
      throws Exception {
    Path tar = Path.of(System.getProperty("apf.image", "none"));
    assumeThat(tar).as("mvn -Pimage writes it").exists();
    assumeThat(System.getProperty("user.name")).as("mounts need root").isEqualTo("root");
    UnpackedImage image = UnpackedImage.unpack(tar, scratch);
    List<String> command = image.command(List.of("--help"));
    command.add(command.indexOf("-jar"), "-Xlog:class+load");

    CommandResult fits = run(command);
    Path jar = image.root().resolve("opt/apf-proxy/apf-proxy.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH.plusSeconds(1))); // another jar
    CommandResult doesNotFit = run(command);

    assertThat(fits.orThrow().stdout()).containsPattern(READY_MADE).contains("Usage:");
    assertThat(doesNotFit.orThrow().stdout()).doesNotContainPattern(READY_MADE).contains("Usage:");
  }

  private static CommandResult run(List<String> command) {
    return RunningCommand.start(new ProcessBuilder(command)).await(Duration.ofMinutes(1));
  }

  @Test
  void imageIsWhatTheDeploymentExpects() throws Exception {
    Path tar = Path.of(System.getProperty("apf.image", "none"));
    assumeThat(tar).as("mvn -Pimage writes it").exists();

    UnpackedImage image = UnpackedImage.unpack(tar, scratch);

    JsonNode pod =
        Yaml.named(Manifests.objects(), "Deployment apf-proxy").at("/spec/template/spec");
    String user = pod.at("/securityContext/runAsUser").asText();
    assertThat(image.config().path("User").asText()).isEqualTo(user + ":" + user);
    assertThat(image.root().resolve("opt/apf-proxy/sbom.json"))
        .content()
        .contains("\"bomFormat\" : \"CycloneDX\"")
        .contains("\"vertx-core\"");
    assertThat(image.root().resolve("app")).as("Jib's own layers").doesNotExist();
  }
}
