package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.otlp.CollectedSpan;
import io.apfproxy.fixtures.otlp.OtlpCollector;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The proxy and kube-apiserver, both traced, tell one collector. Seeing.md V-95, V-96. */
@DisplayName("Traces before a real server (V-93, V-95, V-96)")
@RealControlPlane(audit = true)
final class TracingRealIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SERVICE = "/api/v1/namespaces/default/services/kubernetes";
  private static final String NAME = "GET /api/v1/namespaces/{:namespace}/services/{:name}";
  private static final String OURS = "apf-proxy";
  private static final String SERVERS = "apiserver";

  /** Those of clients, which both are told are kept. */
  private static final String ALICES = "a11ce000000000000000000000000001";

  private static final String ADMINS = "ad000000000000000000000000000001";

  @TempDir static Path folder;

  private static OtlpCollector collector;
  private static ControlPlane cluster;
  private static ProxyProcess proxy;

  /** A control plane of its own: where its traces go is known now only. */
  @BeforeAll
  static void start() throws Exception {
    collector = OtlpCollector.start();
    Path servers = tracing("server.yaml", collector.grpcEndpoint());
    cluster =
        ControlPlane.start(
            new ControlPlane.Options(false, true, List.of("--tracing-config-file=" + servers)));
    ProxyAccess.grant(cluster);
    proxy =
        ProxyProcess.startAsFrontProxy(
            cluster, "--tracing-config-file=" + tracing("proxy.yaml", collector.url()));
  }

  /** None begins by itself. */
  private static Path tracing(String file, String endpoint) throws Exception {
    return Files.writeString(
        folder.resolve(file),
        """
        apiVersion: apiserver.config.k8s.io/v1beta1
        kind: TracingConfiguration
        endpoint: %s
        samplingRatePerMillion: 0
        """
            .formatted(endpoint));
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.close();
    }
    if (cluster != null) {
      cluster.close();
    }
    collector.close();
  }

  private static HttpResponse<Void> ask(String user, String traceId) throws Exception {
    return ApiClient.withToken(
            proxy.url(), proxy.certificate(), ControlPlane.token(user), HttpClient.Version.HTTP_2)
        .send(
            "GET",
            SERVICE,
            "",
            Map.of("traceparent", "00-" + traceId + "-b7ad6b7169203331-01"),
            BodyHandlers.discarding())
        .get();
  }

  private static List<CollectedSpan> spans(String service) {
    return collector.spans().stream().filter(span -> span.service().equals(service)).toList();
  }

  private static CollectedSpan named(String service, String name) {
    return spans(service).stream()
        .filter(span -> span.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void standInOneTreeAndOnlyForThoseWhoAreTrusted() throws Exception {
    assertThat(ask("alice", ALICES).statusCode()).isEqualTo(200);
    HttpResponse<Void> answer = ask("admin", ADMINS);
    assertThat(answer.statusCode()).isEqualTo(200);

    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              assertThat(spans(OURS)).extracting(CollectedSpan::name).contains(NAME);
              assertThat(spans(SERVERS)).extracting(CollectedSpan::name).contains(NAME);
            });

    CollectedSpan ours = named(OURS, NAME);
    CollectedSpan upstream = named(OURS, "upstream");
    CollectedSpan servers = named(SERVERS, NAME);
    assertThat(ours.traceId()).isEqualTo(ADMINS);
    assertThat(ours.parentId()).isEqualTo("b7ad6b7169203331");
    assertThat(upstream.parentId()).isEqualTo(ours.spanId());
    assertThat(servers.traceId()).isEqualTo(ADMINS);
    assertThat(servers.parentId()).isEqualTo(upstream.spanId());
    assertThat(servers.start()).isBetween(upstream.start(), upstream.end());
    String auditId = answer.headers().firstValue("Audit-Id").orElseThrow();
    assertThat(ours.attributes()).containsEntry("audit-id", auditId);
    assertThat(servers.attributes()).containsEntry("audit-id", auditId);
    assertThat(AuditEvents.read(cluster).get(auditId)).isNotNull();
    assertThat(collector.spans())
        .as("what an ordinary user says changes nothing")
        .allSatisfy(span -> assertThat(span.traceId()).isEqualTo(ADMINS))
        .allSatisfy(span -> assertThat(span.links()).doesNotContain(ALICES));
  }
}
