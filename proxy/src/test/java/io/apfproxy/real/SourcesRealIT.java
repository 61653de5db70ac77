package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.net.URLEncoder;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What kubectl applies comes into force under load, and whatever happens to the way there, the
 * proxy serves on and finds back by itself.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@RealControlPlane
final class SourcesRealIT {
  private static final String TARGET = "/api/v1/namespaces/default/configmaps?limit=1";
  private static final int UNDER_WAY = 24;
  private static final Duration SOON = Duration.ofSeconds(60);

  private static ControlPlane cluster;
  private static Kubectl kubectl;
  private static WatchRelay relay;
  private static ProxyProcess proxy;
  private static List<ApiClient> clients;

  private SteadyLoad load;

  /** Its own control plane, which it restarts, and few seats, so that requests wait. */
  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(new ControlPlane.Options(false, false, List.of()));
    kubectl = cluster.kubectl("admin");
    ProxyAccess.grant(cluster);
    for (String group : List.of("dev", "load")) {
      kubectl
          .run(
              "create",
              "clusterrolebinding",
              group,
              "--clusterrole=cluster-admin",
              "--group=" + group)
          .orThrow();
    }
    restore();
    relay = new WatchRelay(cluster.url().getPort());
    Path kubeconfig = cluster.directory().resolve("relay.kubeconfig");
    Files.writeString(
        kubeconfig,
        Files.readString(cluster.kubeconfig("proxy"))
            .replace(cluster.url().toString(), "https://127.0.0.1:" + relay.port()));
    proxy =
        ProxyProcess.startWith(
            cluster,
            kubeconfig,
            "--flowcontrol-source=builtin,crd",
            "--max-requests-inflight=8",
            "--max-mutating-requests-inflight=4",
            "--expose-flow-headers");
    clients =
        Stream.of("alice", "bob", "elephant", "mouse")
            .map(
                user ->
                    ApiClient.withToken(
                        proxy.url(), proxy.certificate(), ControlPlane.token(user), Version.HTTP_2))
            .toList();
  }

  @AfterAll
  static void stop() {
    if (proxy != null) {
      proxy.close();
    }
    if (relay != null) {
      relay.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  /** What every test begins with. */
  private static void restore() {
    kubectl
        .runWithInput(TestResources.read("/real/configuration-access.yaml"), "apply", "-f", "-")
        .orThrow();
    kubectl.run("apply", "-f", CrdRealIT.crds().toString()).orThrow();
    kubectl.run("wait", "--for=condition=Established", "crd", "--all").orThrow();
    kubectl.run("delete", "plc", "other", "--ignore-not-found").orThrow();
    // served a moment after the definition says so
    await().atMost(SOON).until(() -> applied(level("tenants", 100, 64)));
    apply(schema("tenants"));
  }

  @BeforeEach
  void load() throws Exception {
    restore();
    awaitShares(100);
    awaitLevel("tenants");
    load = SteadyLoad.start(clients, TARGET, UNDER_WAY);
    moreRequests();
  }

  @AfterEach
  void endLoad() {
    load.close();
  }

  @Test
  void changesOfALevelUnderLoadLoseAndRefuseNothing() throws Exception {
    // queues that are too many go when they have been used, so there must be load on them
    for (int queues : List.of(128, 16, 128)) {
      apply(level("tenants", 100, queues));
      awaitQueues(queues);
      moreRequests();
    }
    for (int shares : List.of(1000, 10)) {
      apply(level("tenants", shares, 128));
      awaitShares(shares);
      moreRequests();
    }

    kubectl.run("delete", "plc", "tenants").orThrow();
    awaitLevel("global-default"); // the schema dangles
    moreRequests();
    apply(level("tenants", 100, 128));
    awaitLevel("tenants");
    moreRequests();

    apply(schema("workload-low"));
    awaitLevel("workload-low");
    moreRequests();
    apply(schema("tenants"));
    awaitLevel("tenants");
    moreRequests();

    String explained = explained();
    System.out.println(explained);
    assertThat(explained)
        .contains("schema   tenants (3000)", "level    tenants, 128 queues", "requests execute");

    SortedMap<String, Integer> ends = load.stop();
    System.out.println("changes of a level under load: " + ends);
    assertThat(ends).containsOnlyKeys("200");
  }

  @Test
  void comesIntoForceSoonAfterKubectlApply() throws Exception {
    apply(level("other", 100, 64));
    await().atMost(SOON).until(() -> queues("other") == 64);
    List<Long> fromStart = new ArrayList<>();
    List<Long> fromEnd = new ArrayList<>();
    for (int change = 0; change < 50; change++) {
      String level = change % 2 == 0 ? "other" : "tenants";
      long start = System.nanoTime();
      apply(schema(level));
      long end = System.nanoTime();
      awaitExplained(level);
      long inForce = System.nanoTime();
      fromStart.add((inForce - start) / 1_000_000);
      fromEnd.add((inForce - end) / 1_000_000);
    }
    System.out.printf(
        "50 changes under load: from the start of kubectl apply to in force p50 %d ms, p99 %d ms;"
            + " from its end p50 %d ms, p99 %d ms%n",
        percentile(fromStart, 50),
        percentile(fromStart, 99),
        percentile(fromEnd, 50),
        percentile(fromEnd, 99));
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  @Test
  void refusedObjectsAreToldAndTheirLastVersionStays() throws Exception {
    // what the CRD cannot see: an annotation of another version of the API
    apply(
        level("tenants", 1000, 64)
            .replace(
                "{name: tenants}",
                "{name: tenants, annotations:"
                    + " {flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares: ''}}"));

    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(conditions("plc"))
                    .contains("Accepted=False/Invalid", "InForce=False/LastValidVersion"));
    assertThat(conditions("fs"))
        .contains("Accepted=True/Valid", "InForce=True/Applied", "Dangling=False/Found");
    awaitShares(100);
    assertThat(proxy.metric("apf_proxy_config_objects", "source=\"crd\"", "state=\"last_valid\""))
        .isEqualTo(1);
    assertThat(proxy.log())
        .containsOnlyOnce("PriorityLevelConfiguration tenants (crd, generation")
        .contains("its last valid version stays in force: metadata.annotations");
    await()
        .atMost(SOON)
        .until(
            () ->
                kubectl
                    .run("get", "events", "-n", "default", "-o", "wide")
                    .stdout()
                    .contains("prioritylevelconfiguration/tenants"));

    kubectl
        .run(
            "annotate",
            "plc",
            "tenants",
            "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares-")
        .orThrow();
    awaitShares(1000);
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(conditions("plc"))
                    .contains("Accepted=True/Valid", "InForce=True/Applied"));
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  /** Late: leaves a silent watch of the schemas behind, which is found out by their next change. */
  @Test
  @Order(Integer.MAX_VALUE - 1)
  void survivesTheEndOfItsWatches() throws Exception {
    await().atMost(SOON).until(() -> relay.cutWatches() > 0);
    long cut = System.nanoTime();
    apply(level("tenants", 300, 64));
    awaitShares(300);
    System.out.printf("watches cut: change in force after %d ms%n", millisSince(cut));
    awaitWell();

    await().atMost(SOON).until(() -> relay.freezeWatches() > 0);
    long silence = System.nanoTime();
    apply(level("tenants", 700, 64));
    awaitShares(700);
    System.out.printf("watches silent: change in force after %d ms%n", millisSince(silence));
    awaitWell();
    long replaced = System.nanoTime();
    apply(level("tenants", 100, 64));
    awaitShares(100);
    System.out.printf("watches replaced: change in force after %d ms%n", millisSince(replaced));
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  /** Last: refused watches are watched on over HTTP/2, where the relay does not know them. */
  @Test
  @Order(Integer.MAX_VALUE)
  void survivesARestartOfTheApiServer() throws Exception {
    long start = System.nanoTime();
    cluster.restart();
    System.out.printf("API server restarted in %d ms%n", millisSince(start));
    apply(level("tenants", 300, 64));
    awaitShares(300);
    awaitWell();
    System.out.printf("all well after %d ms%n", millisSince(start));
    moreRequests();

    SortedMap<String, Integer> ends = load.stop();
    System.out.println("restart of the API server: " + ends);
    // Each has an answer: while the upstream is down that it is, while it starts its own, and after
    // a quarter of the request timeout that it waited in vain. None is refused for want of room.
    assertThat(ends.keySet()).allMatch(end -> end.matches("\\d{3}"));
    assertThat(proxy.page("/metrics"))
        .doesNotContainPattern(
            "apiserver_flowcontrol_rejected_requests_total"
                + "\\{.*reason=\"(queue-full|concurrency-limit)\"} [1-9]");
  }

  @Test
  void survivesTheLossOfTheCustomResourceDefinitions() throws Exception {
    kubectl.run("delete", "-f", CrdRealIT.crds().toString()).orThrow();

    awaitTrouble();
    String readiness = proxy.page("/readyz?verbose");
    System.out.println(readiness + configurationMetrics());
    assertThat(readiness)
        .contains("[+]flowcontrol-crd ok: in trouble, its last version stays in force");
    awaitLevel("tenants");
    moreRequests();
    awaitShares(100);

    restore();
    apply(level("tenants", 300, 64));
    awaitShares(300);
    awaitWell();
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  @Test
  void survivesTheLossOfItsRights() throws Exception {
    kubectl.run("delete", "clusterrolebinding", "apf-proxy-configuration").orThrow();

    awaitTrouble();
    System.out.println(proxy.page("/readyz?verbose") + configurationMetrics());
    assertThat(proxy.log())
        .contains(
            "source crd: the proxy's identity may not \"list\" and \"watch\""
                + " flowschemas.flowcontrol.apf-proxy.io and prioritylevelconfigurations (403)");
    moreRequests();
    awaitShares(100);

    restore();
    apply(level("tenants", 300, 64));
    awaitShares(300);
    awaitWell();
    assertThat(load.stop()).containsOnlyKeys("200");
  }

  private void moreRequests() {
    int before = load.count();
    await().atMost(SOON).until(() -> load.count() >= before + 100);
  }

  private static void awaitTrouble() {
    await()
        .atMost(SOON)
        .until(() -> proxy.metric("apf_proxy_config_source_up", "source=\"crd\"") == 0);
  }

  private static void awaitWell() {
    await()
        .atMost(SOON)
        .until(() -> proxy.metric("apf_proxy_config_source_up", "source=\"crd\"") == 1);
    assertThat(proxy.metric("apf_proxy_config_age_seconds", "source=\"crd\"")).isLessThan(30);
  }

  private static void awaitQueues(int queues) {
    await().atMost(SOON).until(() -> queues("tenants") == queues);
  }

  /** Queues of a level that is in being. */
  private static long queues(String level) {
    return proxy
        .page("/debug/api_priority_and_fairness/dump_queues")
        .lines()
        .filter(line -> line.strip().startsWith(level + ","))
        .count();
  }

  /** Waits until the level's limit is its part of 12 seats; the built-in levels have 245 shares. */
  private static void awaitShares(int shares) {
    double expected = Math.ceil(12.0 * shares / (245 + shares));
    await()
        .atMost(SOON)
        .until(
            () ->
                proxy.metric(
                        "apiserver_flowcontrol_nominal_limit_seats", "priority_level=\"tenants\"")
                    == expected);
  }

  /** Waits until a request goes to this level. */
  private static void awaitLevel(String level) throws Exception {
    await()
        .atMost(SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              HttpResponse<String> response = clients.get(0).get(TARGET).get();
              return response.headers().firstValue("X-Apf-Prioritylevel").orElse("").equals(level);
            });
  }

  private static String explained() {
    return proxy.page(
        "/debug/api_priority_and_fairness/explain?method=GET&user=alice&group=dev&url="
            + URLEncoder.encode(TARGET, StandardCharsets.UTF_8));
  }

  /** Waits until a request would go to this level; unlike a request, the question does not wait. */
  private static void awaitExplained(String level) {
    await()
        .atMost(SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> explained().contains("level    " + level + ","));
  }

  private static String conditions(String kind) {
    return kubectl
        .run(
            "get",
            kind,
            "tenants",
            "-o",
            "jsonpath={range .status.conditions[*]}{.type}={.status}/{.reason}{\"\\n\"}{end}")
        .orThrow()
        .stdout();
  }

  private static String configurationMetrics() {
    return proxy
        .page("/metrics")
        .lines()
        .filter(line -> line.startsWith("apf_proxy_config_") && line.contains("\"crd\""))
        .reduce("", (a, b) -> a + b + "\n");
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static long percentile(List<Long> values, int percent) {
    List<Long> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get((int) Math.ceil(percent / 100.0 * sorted.size()) - 1);
  }

  private static boolean applied(String manifest) {
    return kubectl.runWithInput(manifest, "apply", "-f", "-").exitCode() == 0;
  }

  private static void apply(String manifest) {
    kubectl.runWithInput(manifest, "apply", "-f", "-").orThrow();
  }

  private static String level(String name, int shares, int queues) {
    return """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: PriorityLevelConfiguration
        metadata: {name: %s}
        spec:
          type: Limited
          limited:
            nominalConcurrencyShares: %d
            limitResponse: {type: Queue, queuing: {queues: %d, handSize: 4}}
        """
        .formatted(name, shares, queues);
  }

  private static String schema(String level) {
    return """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: FlowSchema
        metadata: {name: tenants}
        spec:
          priorityLevelConfiguration: {name: %s}
          matchingPrecedence: 3000
          distinguisherMethod: {type: ByUser}
          rules:
          - subjects:
            - {kind: Group, group: {name: dev}}
            - {kind: Group, group: {name: load}}
            resourceRules:
            - {verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true}
        """
        .formatted(level);
  }
}
