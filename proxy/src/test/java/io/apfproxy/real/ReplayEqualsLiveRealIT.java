package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.real.Decisions.Pair;
import io.apfproxy.replay.Configurations;
import io.apfproxy.replay.audit.LogReplay;
import io.apfproxy.replay.audit.LogWindow;
import io.apfproxy.request.RequestTimeout;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What real clients ask of a real server through the proxy, with so few seats that they wait, is
 * recorded; a replay of the recording decides as the proxy did, and a replay of the server's own
 * log puts each request where the proxy put it.
 *
 * <p>{@code -Dapf.replay.seconds=60} goes on for longer. With {@code -Dapf.replay.lending=true}
 * seats are lent and borrowed, which a recording does not tell: how far waits are apart then is
 * printed.
 */
@RealControlPlane
@Tag("V-45")
final class ReplayEqualsLiveRealIT {
  private static final long SECONDS = Long.getLong("apf.replay.seconds", 15);
  private static final boolean LENDING = Boolean.getBoolean("apf.replay.lending");
  private static final int READING = 8;
  private static final int WRITING = 4;
  private static final int UNDER_WAY = 12;

  private static final String LEVEL =
      """
      ---
      apiVersion: flowcontrol.apiserver.k8s.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: %s}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: %d
          lendablePercent: %d
          borrowingLimitPercent: %s
          limitResponse: {type: Queue, queuing: {queues: %d, handSize: %d, queueLengthLimit: 50}}
      """;

  private static final String LEVELS =
      level("system", 30, 64, 6)
          + level("node-high", 40, 64, 6)
          + level("leader-election", 10, 16, 4)
          + level("workload-high", 40, 128, 6)
          + level("workload-low", 100, 128, 6)
          + level("global-default", 20, 128, 6);

  @TempDir private Path folder;

  /** As the built-in ones, so that the queues with which the proxy starts stay. */
  private static String level(String name, int shares, int queues, int handSize) {
    return LEVEL.formatted(
        name, shares, LENDING ? 50 : 0, LENDING ? "null" : "0", queues, handSize);
  }

  @Test
  void decidesAsItWasDecided() throws Exception {
    Path manifests = Files.createDirectory(folder.resolve("levels"));
    Files.writeString(manifests.resolve("levels.yaml"), LEVELS);
    Path recording = Files.createDirectory(folder.resolve("record"));
    List<String> serversLog;
    try (ControlPlane cluster =
        ControlPlane.start(new ControlPlane.Options(false, true, List.of()))) {
      record(cluster, manifests, recording);
      serversLog = cluster.auditLog();
    }

    Decisions live = Decisions.recorded(recording);
    List<Pair> pairs = live.beside(Decisions.replayed(question(recording)));
    long waited = pairs.stream().filter(pair -> pair.live().waited() > 0).count();
    List<Pair> elsewhere = pairs.stream().filter(pair -> !pair.isInTheSamePlace()).toList();
    List<Pair> otherWidth = pairs.stream().filter(pair -> !pair.hasTheSameSeats()).toList();
    List<Pair> far = pairs.stream().filter(pair -> !pair.isNear()).toList();
    System.out.printf(
        "recorded and replayed: %d requests, %d waited, %d refused or left; elsewhere %d, other"
            + " seats %d; waits that are the same to the nanosecond %d, not near %d, at most %.1f"
            + " ms apart%n",
        pairs.size(),
        waited,
        pairs.stream().filter(pair -> pair.live().seats() == 0).count(),
        elsewhere.size(),
        otherWidth.size(),
        pairs.stream().filter(pair -> pair.apart() == 0).count(),
        far.size(),
        pairs.stream().mapToLong(Pair::apart).max().orElseThrow() / 1e6);
    far.stream().limit(10).forEach(System.out::println);

    assertThat(waited).as("a recording that is worth it").isGreaterThan(pairs.size() / 20);
    assertThat(elsewhere).isEmpty();
    assertThat(otherWidth).isEmpty();
    if (!LENDING) {
      assertThat(far).isEmpty();
    }
    comparePlaces(live, serversLog);
  }

  private static void record(ControlPlane cluster, Path manifests, Path recording)
      throws Exception {
    ProxyAccess.grant(cluster);
    for (String group : List.of("dev", "load")) {
      cluster
          .kubectl("admin")
          .run(
              "create",
              "clusterrolebinding",
              group,
              "--clusterrole=cluster-admin",
              "--group=" + group)
          .orThrow();
    }
    try (ProxyProcess proxy =
        ProxyProcess.start(
            cluster,
            "--record=" + recording,
            "--flowcontrol-source=builtin,files:" + manifests,
            "--max-requests-inflight=" + READING,
            "--max-mutating-requests-inflight=" + WRITING)) {
      List<ApiClient> clients =
          Stream.of("alice", "bob", "elephant", "mouse")
              .map(
                  user ->
                      ApiClient.withToken(
                          proxy.url(),
                          proxy.certificate(),
                          ControlPlane.token(user),
                          Version.HTTP_2))
              .toList();
      cluster.startControllers(proxy.kubeconfig("kcm"), "--use-service-account-credentials=true");
      try (SteadyLoad load =
          SteadyLoad.start(clients, "/api/v1/namespaces/default/configmaps?limit=1", UNDER_WAY)) {
        work(proxy.kubectl("alice"));
        load.stop();
      } finally {
        cluster.stopControllers();
      }
      assertThat(proxy.metric("apf_proxy_access_log_dropped_total", "log=\"recording\"")).isZero();
    }
  }

  /** Objects come and go, whom the controllers follow. */
  private static void work(Kubectl kubectl) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    do {
      kubectl.run("create", "namespace", "work").orThrow();
      kubectl.run("create", "deployment", "d", "-n=work", "--image=x", "--replicas=3").orThrow();
      kubectl.run("get", "all", "-n=work").orThrow();
      kubectl.run("scale", "deployment", "d", "-n=work", "--replicas=5").orThrow();
      kubectl.run("get", "pods,events", "-A").orThrow();
      kubectl.run("delete", "deployment", "d", "-n=work").orThrow();
      kubectl.run("delete", "namespace", "work").orThrow();
    } while (System.nanoTime() < end);
  }

  private LogReplay.Question question(Path log) {
    FlowControlConfiguration configuration = Configurations.overBuiltIn(LEVELS);
    return new LogReplay.Question(
        List.of(log.toString()),
        LogWindow.ALL,
        null,
        READING + WRITING,
        configuration,
        READING + WRITING,
        new RequestTimeout(Duration.ofMinutes(1)),
        0,
        0L,
        new TreeMap<>(),
        null,
        64 << 20,
        folder,
        20);
  }

  private void comparePlaces(Decisions live, List<String> serversLog) throws Exception {
    ObjectMapper json = new ObjectMapper();
    List<String> same = new ArrayList<>();
    for (String line : serversLog) {
      if (live.auditIds().contains(json.readTree(line).path("auditID").asText())) {
        same.add(line);
      }
    }
    Path log = Files.write(folder.resolve("audit.log"), same);
    SortedMap<String, SortedSet<String>> recorded = live.places();
    SortedMap<String, SortedSet<String>> servers = Decisions.replayed(question(log)).places();
    System.out.printf(
        "the server's own log: %d events, %d different questions of %d recorded ones%n",
        same.size(), servers.size(), recorded.size());
    assertThat(servers).hasSizeGreaterThan(recorded.size() / 2);
    servers.forEach((asked, places) -> assertThat(places).as(asked).isEqualTo(recorded.get(asked)));
  }
}
