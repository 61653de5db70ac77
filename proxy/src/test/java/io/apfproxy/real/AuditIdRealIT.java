package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A request that its level would refuse, and that is sent on: it is in the refusal book and in the
 * server's audit log. Specification seeing.md V-93.
 */
@DisplayName("One id of a request in five places (V-93)")
@RealControlPlane(audit = true)
final class AuditIdRealIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String SERVICE = "/api/v1/namespaces/default/services/kubernetes";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** It has no seats at all, so it would refuse whatever comes. */
  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata:
        name: shut
        annotations: {apf-proxy.io/enforcement: shadow}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: 0
          borrowingLimitPercent: 0
          limitResponse: {type: Reject}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: shut}
      spec:
        priorityLevelConfiguration: {name: shut}
        matchingPrecedence: 100
        rules:
        - subjects: [{kind: User, user: {name: alice}}]
          resourceRules: [{verbs: ['*'], apiGroups: ['*'], resources: [services], namespaces: ['*']}]
      """;

  @TempDir static Path folder;

  private static EveryPart every;
  private static ControlPlane cluster;
  private static ProxyProcess proxy;

  @BeforeAll
  static void start(ControlPlane controlPlane) throws Exception {
    cluster = controlPlane;
    ProxyAccess.grant(cluster);
    every = new EveryPart(folder, EveryPart.EACH);
    Files.writeString(Files.createDirectory(folder.resolve("levels")).resolve("shut.yaml"), LEVEL);
    List<String> flags = new ArrayList<>(every.flags());
    flags.add("--flowcontrol-source=builtin,files:" + folder.resolve("levels"));
    proxy = ProxyProcess.start(cluster, flags.toArray(String[]::new));
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.close();
    }
    if (every != null) {
      every.close();
    }
  }

  @Test
  void isTheSameToClientAndServerInAccessLogRefusalBookAndTrace() throws Exception {
    String first = askedAndAnswered();
    String second = askedAndAnswered();

    assertThat(first).isNotEqualTo(second).matches("[0-9a-f-]{36}");
    for (String id : List.of(first, second)) {
      await().atMost(LONG).until(() -> logged().contains(id));
      await().atMost(LONG).until(() -> traced().contains(id));
      await().atMost(LONG).until(() -> AuditEvents.read(cluster).get(id) != null);
      assertThat(AuditEvents.read(cluster).get(id).uri()).isEqualTo(SERVICE);
      JsonNode book = book(id);
      assertThat(book).hasSize(1);
      assertThat(book.path(0).path("auditId").asText()).isEqualTo(id);
      assertThat(book.path(0).path("would").asBoolean()).isTrue();
      assertThat(book.path(0).path("rule").asText()).isEqualTo("concurrency-limit");
    }
    assertThat(book("00000000-0000-4000-8000-000000000000")).isEmpty();
  }

  /** The id that its client was told. */
  private static String askedAndAnswered() throws Exception {
    HttpResponse<Void> answer =
        ApiClient.withToken(
                proxy.url(),
                proxy.certificate(),
                ControlPlane.token("alice"),
                HttpClient.Version.HTTP_2)
            .send(
                "GET",
                SERVICE,
                "",
                Map.of("Audit-ID", "an id of the client's own"),
                BodyHandlers.discarding())
            .get();
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.headers().firstValue("Audit-Id").orElseThrow();
  }

  private static List<String> logged() throws Exception {
    List<String> ids = new ArrayList<>();
    for (String line : WholeLines.of(Files.readString(every.accessLog())).lines().toList()) {
      ids.add(JSON.readTree(line).path("audit-ID").asText());
    }
    return ids;
  }

  private static List<String> traced() {
    return every.collector().spans().stream()
        .map(span -> String.valueOf(span.attributes().get("audit-id")))
        .toList();
  }

  private static JsonNode book(String id) throws Exception {
    return JSON.readTree(proxy.page("/debug/apf-proxy/refusals?audit-id=" + id)).path("rows");
  }
}
