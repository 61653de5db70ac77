package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code --poll-object-counts} a list or watch holds as many seats as kube-apiserver itself
 * would give it, from soon after the proxy's start: both tell of each request in their logs.
 * Source: specification apf-queueing.md 4.2 to 4.4 and 7.3.
 */
@RealControlPlane(flags = {"-v=3", "--etcd-count-metric-poll-period=1s"})
@Tag("apf-7.3")
final class ListWidthsRealIT {
  private static final Duration SERVER_COUNTS = Duration.ofSeconds(60);

  /** Less than the minute between two polls: the first one comes at once. */
  private static final Duration FIRST_POLL = Duration.ofSeconds(50);

  private static final int OBJECTS = 40;
  private static final int OBJECT_BYTES = 30_000;
  private static final int EVENTS = 3;
  private static final String MAPS = "/api/v1/configmaps";
  private static final String MINE = "/api/v1/namespaces/widths/configmaps";
  private static final Pattern SERVER_LINE =
      Pattern.compile(" audit-ID=\"([^\"]+)\".* apf_iseats=(\\d+) ");
  private static final Pattern PROXY_LINE =
      Pattern.compile("\"audit-ID\":\"([^\"]+)\".*\"apf_iseats\":(\\d+),");

  /** {@code admin} is exempt, {@code alice} falls to {@code global-default}, of 8 seats at most. */
  private static final List<String> USERS = List.of("admin", "alice");

  private static final List<String> TARGETS =
      List.of(
          MAPS,
          MAPS + "?resourceVersion=0",
          MAPS + "?limit=5",
          MAPS + "?limit=30",
          MAPS + "?limit=500",
          MAPS + "?limit=5&resourceVersion=0",
          MAPS + "?limit=5&resourceVersion=1",
          MAPS + "?limit=bad",
          MAPS + "?continue=none&limit=30",
          MAPS + "?resourceVersion=1&resourceVersionMatch=Exact",
          MAPS + "?resourceVersion=1&resourceVersionMatch=NotOlderThan",
          MAPS + "?labelSelector=app%3Dnone&resourceVersion=0",
          MAPS + "?labelSelector=app%3Dnone&limit=2",
          MAPS + "?labelSelector=app%3Dnone&resourceVersion=1&resourceVersionMatch=Exact",
          MAPS + "?fieldSelector=metadata.name%3Dmap-1",
          MAPS + "?fieldSelector=metadata.name%3Dmap-1&resourceVersion=0&limit=500",
          MINE + "?labelSelector=app%3Dnone&resourceVersion=0",
          MINE + "?resourceVersion=0&limit=3",
          "/api/v1/namespaces/kube-system/configmaps",
          "/api/v1/events",
          "/apis/events.k8s.io/v1/events?limit=1",
          "/api/v1/namespaces?resourceVersion=0",
          "/api/v1/pods",
          "/apis/apps/v1/deployments?resourceVersion=0",
          "/apis/rbac.authorization.k8s.io/v1/clusterroles",
          "/apis/rbac.authorization.k8s.io/v1/clusterroles?resourceVersion=1&resourceVersionMatch=Exact",
          "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
          "/apis/apiregistration.k8s.io/v1/apiservices",
          "/apis/example.com/v1/nothings",
          MAPS + "?watch=true&timeoutSeconds=1",
          MAPS + "?watch=true&timeoutSeconds=1&resourceVersion=0",
          MAPS + "?watch=true&timeoutSeconds=1&resourceVersion=1",
          "/api/v1/events?watch=true&timeoutSeconds=1");

  @Test
  void holdSeatsAsTheServerItselfWouldGiveThem(ControlPlane cluster, @TempDir Path folder)
      throws Exception {
    // Given
    ProxyAccess.grant(cluster);
    cluster.kubectl("admin").runWithInput(objects(), "create", "-f", "-").orThrow();
    await().atMost(SERVER_COUNTS).until(() -> counted(cluster));
    Map<String, String> asked = send(cluster.url(), cluster.pki("ca.crt"));
    Path serverLog = cluster.directory().resolve("kube-apiserver.log");
    await().until(() -> seats(serverLog, SERVER_LINE, asked).size() == asked.size());
    SortedMap<String, Integer> expected = seats(serverLog, SERVER_LINE, asked);
    Path accessLog = folder.resolve("access.log");

    try (ProxyProcess proxy =
        ProxyProcess.startAsFrontProxy(
            cluster, "--poll-object-counts", "--access-log=" + accessLog)) {
      // When
      await()
          .atMost(FIRST_POLL)
          .untilAsserted(
              () -> {
                Map<String, String> proxied = send(proxy.url(), proxy.certificate());
                await().until(() -> seats(accessLog, PROXY_LINE, proxied).size() == proxied.size());

                // Then
                assertThat(seats(accessLog, PROXY_LINE, proxied)).isEqualTo(expected);
              });
    }
    assertThat(expected.values())
        .as("narrow, wide, and as wide as may be")
        .contains(1, 2, 8, 10, 100);
  }

  /** All requests; with each the id under which it is logged. */
  private static Map<String, String> send(URI server, Path trusted) {
    Map<String, String> ids = new TreeMap<>();
    for (String user : USERS) {
      ApiClient client =
          ApiClient.withToken(server, trusted, ControlPlane.token(user), Version.HTTP_2);
      Map<String, CompletableFuture<HttpResponse<Void>>> answers = new TreeMap<>();
      for (String target : TARGETS) {
        answers.put(
            target,
            client.send("GET", target, "", Map.of(), HttpResponse.BodyHandlers.discarding()));
      }
      answers.forEach(
          (target, answer) ->
              ids.put(
                  user + ' ' + target,
                  answer.join().headers().firstValue("Audit-Id").orElseThrow()));
    }
    return ids;
  }

  /** What a log says of those of these requests that have ended. */
  private static SortedMap<String, Integer> seats(Path log, Pattern line, Map<String, String> ids)
      throws IOException {
    Map<String, Integer> told = new HashMap<>();
    line.matcher(Files.readString(log))
        .results()
        .forEach(found -> told.put(found.group(1), Integer.valueOf(found.group(2))));
    SortedMap<String, Integer> seats = new TreeMap<>();
    ids.forEach(
        (request, id) -> {
          if (told.containsKey(id)) {
            seats.put(request, told.get(id));
          }
        });
    return seats;
  }

  private static boolean counted(ControlPlane cluster) {
    String page = cluster.kubectl("admin").run("get", "--raw", "/metrics").orThrow().stdout();
    return counts(page, "configmaps", OBJECTS) && counts(page, "events", EVENTS);
  }

  /** Or more: the server makes some itself, events too, where it starts slowly. */
  private static boolean counts(String page, String resource, int least) {
    return Pattern.compile(
            "apiserver_resource_objects\\{group=\"\",resource=\"" + resource + "\"} (\\d+)")
        .matcher(page)
        .results()
        .anyMatch(found -> Integer.parseInt(found.group(1)) >= least);
  }

  private static String objects() {
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: v1
            kind: Namespace
            metadata: {name: widths}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: object-counts}
            rules:
            - {nonResourceURLs: [/metrics], verbs: [get]}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: {name: object-counts}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: object-counts}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: apf-proxy}]
            """);
    for (int i = 0; i < OBJECTS; i++) {
      yaml.append("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: widths, name: map-")
          .append(i)
          .append("}\ndata: {blob: ")
          .append("x".repeat(OBJECT_BYTES))
          .append("}\n");
    }
    for (int i = 0; i < EVENTS; i++) {
      yaml.append(
          """
          ---
          apiVersion: v1
          kind: Event
          metadata: {namespace: widths, name: event-%d}
          involvedObject: {kind: ConfigMap, namespace: widths, name: map-0}
          type: Normal
          """
              .formatted(i));
    }
    return yaml.toString();
  }
}
