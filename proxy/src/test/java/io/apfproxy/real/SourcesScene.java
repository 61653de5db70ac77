package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A control plane with our kinds in it, the proxy, which follows them through a relay, and clients
 * of it. The schema {@code tenants} leads them all to the level of that name, as long as it is
 * there; there are 12 seats in all, so that requests wait.
 */
final class SourcesScene implements AutoCloseable {
  static final Duration SOON = Duration.ofSeconds(60);
  private static final String TARGET = "/api/v1/namespaces/default/configmaps?limit=1";
  private static final int UNDER_WAY = 24;

  private final ControlPlane cluster;
  private final Kubectl kubectl;
  private final WatchRelay relay;
  private final ProxyProcess proxy;
  private final List<ApiClient> clients;

  private SourcesScene(ControlPlane cluster) {
    this.cluster = cluster;
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
    proxy =
        ProxyProcess.startWith(
            cluster,
            throughRelay(),
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

  /** Starts all of it; its own control plane, as tests restart it and change its kinds. */
  static SourcesScene start() {
    ControlPlane cluster = ControlPlane.start(new ControlPlane.Options(false, false, List.of()));
    try {
      return new SourcesScene(cluster);
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private Path throughRelay() {
    try {
      return Files.writeString(
          cluster.directory().resolve("relay.kubeconfig"),
          Files.readString(cluster.kubeconfig("proxy"))
              .replace(cluster.url().toString(), "https://127.0.0.1:" + relay.port()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ControlPlane cluster() {
    return cluster;
  }

  Kubectl kubectl() {
    return kubectl;
  }

  WatchRelay relay() {
    return relay;
  }

  ProxyProcess proxy() {
    return proxy;
  }

  /** What every test begins with: the rights, the kinds, the level and its schema. */
  void restore() {
    kubectl
        .runWithInput(TestResources.read("/real/configuration-access.yaml"), "apply", "-f", "-")
        .orThrow();
    Definitions.apply(kubectl, CrdRealIT.crds());
    kubectl.run("delete", "plc", "other", "--ignore-not-found").orThrow();
    apply(level("tenants", 100, 64));
    apply(schema("tenants"));
  }

  /** Restores all, and brings it under load. */
  SteadyLoad load() throws Exception {
    restore();
    awaitShares(100);
    awaitLevel("tenants");
    SteadyLoad load = SteadyLoad.start(clients, TARGET, UNDER_WAY);
    moreRequests(load);
    return load;
  }

  /** Waits until further requests of this load have ended. */
  void moreRequests(SteadyLoad load) {
    int before = load.count();
    await().atMost(SOON).until(() -> load.count() >= before + 100);
  }

  void awaitTrouble() {
    await()
        .atMost(SOON)
        .until(() -> proxy.metric("apf_proxy_config_source_up", "source=\"crd\"") == 0);
  }

  void awaitWell() {
    await()
        .atMost(SOON)
        .until(() -> proxy.metric("apf_proxy_config_source_up", "source=\"crd\"") == 1);
    assertThat(proxy.metric("apf_proxy_config_age_seconds", "source=\"crd\"")).isLessThan(30);
  }

  void awaitQueues(int queues) {
    await().atMost(SOON).until(() -> queues("tenants") == queues);
  }

  /** Queues of a level that is in being. */
  long queues(String level) {
    return proxy
        .page("/debug/api_priority_and_fairness/dump_queues")
        .lines()
        .filter(line -> line.strip().startsWith(level + ","))
        .count();
  }

  /** Waits until the level's limit is its part of 12 seats; the built-in levels have 245 shares. */
  void awaitShares(int shares) {
    double expected = Math.ceil(12.0 * shares / (245 + shares));
    await()
        .atMost(SOON)
        // while it is not seen again, after its kind was away for long
        .ignoreExceptionsInstanceOf(IllegalStateException.class)
        .until(
            () ->
                proxy.metric(
                        "apiserver_flowcontrol_nominal_limit_seats", "priority_level=\"tenants\"")
                    == expected);
  }

  /** Waits until a request goes to this level. */
  void awaitLevel(String level) throws Exception {
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

  String explained() {
    return proxy.page(
        "/debug/api_priority_and_fairness/explain?method=GET&user=alice&group=dev&url="
            + URLEncoder.encode(TARGET, StandardCharsets.UTF_8));
  }

  /** Waits until a request would go to this level; unlike a request, the question does not wait. */
  void awaitExplained(String level) {
    await()
        .atMost(SOON)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> explained().contains("level    " + level + ","));
  }

  String conditions(String kind) {
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

  String configurationMetrics() {
    return proxy
        .page("/metrics")
        .lines()
        .filter(line -> line.startsWith("apf_proxy_config_") && line.contains("\"crd\""))
        .reduce("", (a, b) -> a + b + "\n");
  }

  void apply(String manifest) {
    kubectl.runWithInput(manifest, "apply", "-f", "-").orThrow();
  }

  static String level(String name, int shares, int queues) {
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

  static String schema(String level) {
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

  @Override
  public void close() {
    proxy.close();
    relay.close();
    cluster.close();
  }
}
