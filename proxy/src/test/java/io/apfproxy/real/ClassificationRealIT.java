package io.apfproxy.real;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * The proxy puts a request into the schema and the level that kube-apiserver itself would choose.
 */
@RealControlPlane(kubelet = true, audit = true)
final class ClassificationRealIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Names of schema and level, or what stands in their place. */
  private record Choice(String schema, String level) {}

  @Test
  void choosesTheSchemaAndLevelThatTheRealServerNames(ControlPlane cluster) throws Exception {
    // Given
    ProxyAccess.grant(cluster);
    List<MixedRequests.Sent> requests = MixedRequests.all();
    // kube-apiserver closes HTTP/2 connections of anonymous clients after each answer
    Map<String, ApiClient> direct =
        users(cluster, cluster.url(), cluster.pki("ca.crt"), Version.HTTP_1_1);
    Map<String, String> schemas = namesByUid(cluster, "flowschemas");
    Map<String, String> levels = namesByUid(cluster, "prioritylevelconfigurations");
    Map<MixedRequests.Sent, Choice> expected = new LinkedHashMap<>();
    MixedRequests.send(requests, direct)
        .forEach(
            (request, response) ->
                response
                    .headers()
                    .firstValue("X-Kubernetes-PF-FlowSchema-UID")
                    .ifPresent(
                        uid ->
                            expected.put(
                                request,
                                new Choice(
                                    schemas.get(uid),
                                    levels.get(
                                        response
                                            .headers()
                                            .firstValue("X-Kubernetes-PF-PriorityLevel-UID")
                                            .orElseThrow())))));
    assertThat(expected).hasSizeGreaterThanOrEqualTo(400);

    // When
    Map<MixedRequests.Sent, Choice> actual = new LinkedHashMap<>();
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster, "--expose-flow-headers")) {
      Map<String, ApiClient> proxied =
          users(cluster, proxy.url(), proxy.certificate(), Version.HTTP_2);
      MixedRequests.send(expected.keySet(), proxied)
          .forEach(
              (request, response) ->
                  actual.put(
                      request,
                      new Choice(
                          response.headers().firstValue("X-Apf-Flowschema").orElse("no header"),
                          response
                              .headers()
                              .firstValue("X-Apf-Prioritylevel")
                              .orElse("no header"))));
    }

    // Then
    List<String> differences = new ArrayList<>();
    expected.forEach(
        (request, choice) -> {
          if (!choice.equals(actual.get(request))) {
            differences.add(request + ": server " + choice + ", proxy " + actual.get(request));
          }
        });
    assertThat(differences).isEmpty();
    assertThat(new TreeSet<>(expected.values().stream().map(Choice::schema).toList()))
        .as(
            "the requests reach every built-in schema but catch-all, which no real identity falls through to")
        .contains(
            "exempt",
            "probes",
            "system-leader-election",
            "system-node-high",
            "system-nodes",
            "kube-controller-manager",
            "kube-scheduler",
            "kube-system-service-accounts",
            "service-accounts",
            "global-default");
  }

  static Map<String, ApiClient> users(
      ControlPlane cluster, URI server, Path trusted, Version version) {
    Kubectl admin = cluster.kubectl("admin");
    admin.run("create", "serviceaccount", "robot", "-n", "default");
    String robot =
        admin.run("create", "token", "robot", "-n", "default").orThrow().stdout().strip();
    return Map.of(
        "admin",
            ApiClient.withCertificate(
                server, trusted, cluster.pki("admin.crt"), cluster.pki("admin.key"), version),
        "alice", ApiClient.withToken(server, trusted, ControlPlane.token("alice"), version),
        "node", ApiClient.withToken(server, trusted, ControlPlane.token("node"), version),
        "kcm", ApiClient.withToken(server, trusted, ControlPlane.token("kcm"), version),
        "scheduler", ApiClient.withToken(server, trusted, ControlPlane.token("scheduler"), version),
        "robot", ApiClient.withToken(server, trusted, robot, version),
        // over HTTP/2 each answer is followed by GOAWAY, for which Java's client fails the next
        // request
        "anonymous", ApiClient.anonymous(server, trusted, Version.HTTP_1_1));
  }

  static Map<String, String> namesByUid(ControlPlane cluster, String resource) throws IOException {
    String list =
        cluster
            .kubectl("admin")
            .run("get", "--raw", "/apis/flowcontrol.apiserver.k8s.io/v1/" + resource)
            .orThrow()
            .stdout();
    return StreamSupport.stream(JSON.readTree(list).get("items").spliterator(), false)
        .map(item -> item.get("metadata"))
        .collect(toMap(meta -> text(meta, "uid"), meta -> text(meta, "name")));
  }

  private static String text(JsonNode node, String field) {
    return node.get(field).asText();
  }
}
