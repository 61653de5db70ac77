package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.pki.TestAuthority;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S89: a front-proxy certificate that the real server does not believe, and its replacement. */
@Tag("S89")
@RealControlPlane
final class RenewalRealIT {
  private static final String DAYS_LEFT = "apf_proxy_client_certificate_days_left";

  @TempDir Path folder;

  @Test
  void presentsTheNewFrontProxyCertificateWithinAMinute(ControlPlane cluster) throws Exception {
    // Given
    ProxyAccess.grant(cluster);
    TestAuthority.named("stranger")
        .leaf("front-proxy-client")
        .forClients()
        .issue()
        .write(folder, "front");
    Path certificate = folder.resolve("front.crt");
    Path key = folder.resolve("front.key");
    try (ProxyProcess proxy =
        ProxyProcess.start(
            cluster, "--proxy-client-cert-file=" + certificate, "--proxy-client-key-file=" + key)) {
      ApiClient admin =
          ApiClient.withCertificate(
              proxy.url(),
              proxy.certificate(),
              cluster.pki("admin.crt"),
              cluster.pki("admin.key"),
              Version.HTTP_2);
      assertThat(admin.get("/api/v1/namespaces").join().statusCode()).as("nobody").isEqualTo(403);
      assertThat(proxy.metric(DAYS_LEFT, "front-proxy")).isLessThan(2);

      // When
      Files.copy(
          cluster.pki("front-proxy-client.crt"), certificate, StandardCopyOption.REPLACE_EXISTING);
      Files.copy(cluster.pki("front-proxy-client.key"), key, StandardCopyOption.REPLACE_EXISTING);

      // Then
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofSeconds(1))
          .untilAsserted(
              () -> assertThat(admin.get("/api/v1/namespaces").join().statusCode()).isEqualTo(200));
      assertThat(proxy.metric(DAYS_LEFT, "front-proxy")).isGreaterThan(2);
    }
  }
}
