package io.apfproxy.real;

import static io.apfproxy.real.KubectlStep.manifest;
import static io.apfproxy.real.KubectlStep.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.attack.TlsClient;
import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.load.Target;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.FreePort;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * kubectl by the break-glass listener, while an elephant fills all that everybody's has. With
 * {@code -Dapf.glass.waiting=30000 -Dapf.proxy.heap=4g} as many of its requests wait as may wait at
 * all.
 */
@RealControlPlane(kubelet = true, audit = true)
@Tag("alone")
@Tag("S82")
@DisplayName("Break-glass under the flood, before a real server (L-80 to L-85)")
final class BreakGlassRealIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int WAITING = Integer.getInteger("apf.glass.waiting", 3_000);
  private static final int REFUSED_AT_A_TIME = 100;
  private static final int STREAMS = 250;
  private static final int FLOOD_CONNECTIONS = (WAITING + REFUSED_AT_A_TIME) / STREAMS + 1;
  private static final int CONNECTIONS = FLOOD_CONNECTIONS + 16;

  /** For as long lists are counted before the lane is used, and after that. */
  private static final Duration ALONE =
      Duration.ofSeconds(Integer.getInteger("apf.glass.seconds", 5));

  private static final int SHOWN = 5;

  /**
   * What a step took.
   *
   * @param ended requests by the lane that had ended when it had
   */
  private record Taken(String name, long millis, int ended) {}

  private static final String LEVEL =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: flood}
      spec:
        type: Limited
        limited:
          nominalConcurrencyShares: 100
          limitResponse: {type: Queue, queuing: {queues: 1, handSize: 1, queueLengthLimit: %d}}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: flood}
      spec:
        priorityLevelConfiguration: {name: flood}
        matchingPrecedence: 100
        rules:
        - subjects: [{kind: User, user: {name: elephant}}]
          resourceRules:
          - {verbs: [list], apiGroups: [''], resources: [configmaps], namespaces: ['*']}
      """;

  private static final List<KubectlStep> STEPS =
      List.of(
          step("create namespace {ns}").shows("created"),
          manifest("workload.yaml", "create -n {ns} -f -").shows("deployment.apps/web created"),
          step("wait -n {ns} --for=condition=Ready pod/shell --timeout=60s").shows("condition met"),
          step("get pods -n {ns}").shows("shell"),
          step("get nodes -o wide").shows("fake-node"),
          step("get pod shell -n {ns} -o yaml").shows("fake-node"),
          step("describe pod shell -n {ns}").shows("Node:"),
          manifest("settings-1.yaml", "apply -n {ns} -f -").shows("created"),
          manifest("settings-2.yaml", "apply -n {ns} -f -").shows("configured"),
          manifest("server-side.yaml", "apply -n {ns} --server-side -f -").shows("applied"),
          step("get configmaps -n {ns}").shows("settings"),
          step("patch configmap settings -n {ns} --type=merge -p {\"data\":{\"weight\":\"2\"}}"),
          step("label configmap settings -n {ns} tier=front").shows("labeled"),
          step(
                  "exec",
                  actor ->
                      actor.run("exec", "shell", "-n", "{ns}", "--", "sh", "-c", "echo done here"))
              .shows("done here"),
          step("logs shell -n {ns} --tail=3").shows("line"),
          step("auth whoami -o yaml").shows("username: ann"),
          step("auth can-i delete nodes").shows("yes"),
          step("scale deployment web -n {ns} --replicas=0").shows("scaled"),
          step("delete configmap settings -n {ns}").shows("deleted"),
          step("delete pod shell -n {ns} --wait=false").shows("deleted"));

  @TempDir static Path folder;
  private static final int PORT = FreePort.find();
  private static List<String> page;
  private static DocumentedCommands shell;
  private static ControlPlane cluster;
  private static ProxyProcess proxy;

  /** As the page for users says: certificates, rights, the proxy, the kubeconfig. */
  @BeforeAll
  static void start(ControlPlane controlPlane) throws Exception {
    cluster = controlPlane;
    page = DocumentedCommands.blocks("break-glass.md", "sh");
    shell = new DocumentedCommands(folder, cluster.kubeconfig("admin"));
    shell.set("LANE", "https://127.0.0.1:" + PORT);
    ProxyAccess.grant(cluster);
    cluster.kubectl("admin").runWithInput(IsolationReport.objects(), "create", "-f", "-").orThrow();
    run(page.get(0));
    run(page.get(1));
    Path levels = Files.createDirectory(folder.resolve("levels"));
    Files.writeString(levels.resolve("flood.yaml"), LEVEL.formatted(WAITING));
    proxy =
        ProxyProcess.startAsFrontProxy(
            cluster,
            "--max-requests-inflight=3",
            "--max-mutating-requests-inflight=1",
            "--max-connections=" + CONNECTIONS,
            "--request-timeout=10m", // nobody who waits is to give up
            "--flowcontrol-source=builtin,files:" + levels,
            "--break-glass-port=" + PORT,
            "--break-glass-client-ca-file=" + folder.resolve("admins-ca.crt"),
            "--break-glass-groups=on-call");
    Files.copy(proxy.certificate(), folder.resolve("proxy-ca.crt"));
    run(page.get(2));
  }

  /** Runs commands as they stand on the page. */
  private static void run(String commands) {
    shell.run(commands).orThrow();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.kubectl("admin").run("delete", "namespace", "conf-glass", "load", "--wait=false");
      cluster.kubectl("admin").run("delete", "clusterrolebinding", "break-glass", "load-may-read");
    }
    if (proxy != null) {
      proxy.close();
    }
  }

  @Test
  void twentyStepsSucceedWhileEverybodysListenerIsFull() throws Exception {
    KubectlActor ann =
        new KubectlActor(
            "glass", cluster.kubectlWith(folder.resolve("break-glass.kubeconfig")), folder);
    Vertx vertx = Vertx.vertx();
    List<Socket> silent = new ArrayList<>();
    Histogram steps = new Histogram(3);
    List<Taken> taken = new ArrayList<>();
    try (LoadClient elephant =
        new LoadClient(
            vertx,
            new Target(
                proxy.url().getHost(),
                proxy.url().getPort(),
                Files.readString(proxy.certificate()),
                ControlPlane.token("elephant"),
                HttpVersion.HTTP_2,
                FLOOD_CONNECTIONS))) {
      Load flood =
          elephant.start(Elephant.LISTS.requests(), Pace.closedLoop(WAITING + REFUSED_AT_A_TIME));
      fill(silent);
      alone(flood); // warm
      double listsBefore = alone(flood);
      long listed = flood.report().succeeded();
      long begun = System.nanoTime();
      double leastWaiting = WAITING;
      for (KubectlStep step : STEPS) {
        long stepBegun = System.nanoTime();
        CommandResult result = step.action().apply(ann);
        long millis = millisSince(stepBegun);
        steps.recordValue(millis);
        taken.add(new Taken(step.name(), millis, (int) told("ends").count()));
        leastWaiting = Math.min(leastWaiting, waiting());
        assertThat(result.exitCode()).as("%s", result).isEqualTo(step.exitCode());
        assertThat(result.stdout()).contains(step.shown());
      }
      double lists = (flood.report().succeeded() - listed) / (millisSince(begun) / 1e3);
      double listsAfter = alone(flood);
      run(page.get(3));
      assertThat(leastWaiting).as("the flood goes on").isPositive();
      print(steps, requests(), flood.report());
      printSlowest(taken);
      System.out.printf(
          "beside it everybody's listener, %.0f or more waiting: %.1f lists/s of 1 MB before,"
              + " %.1f while kubectl ran (%.2f of without), %.1f after%n",
          leastWaiting, listsBefore, lists, 2 * lists / (listsBefore + listsAfter), listsAfter);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
    eachIsToldOnceHereAndAtTheServer();
  }

  /** Lists a second while nobody uses the lane. */
  private static double alone(Load flood) {
    long before = flood.report().succeeded();
    long begun = System.nanoTime();
    await().atMost(LONG).until(() -> System.nanoTime() - begun >= ALONE.toNanos());
    return (flood.report().succeeded() - before) / (millisSince(begun) / 1e3);
  }

  /** Seats, queue and connections; the rest of its lists is refused. */
  private static void fill(List<Socket> silent) throws Exception {
    await() // while they come, the page of metrics may take longer than is waited for
        .atMost(LONG.plusMillis(10L * WAITING))
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .until(() -> waiting() >= WAITING);
    await()
        .atMost(LONG)
        .until(() -> proxy.metric("apiserver_flowcontrol_rejected_requests_total") > 0);
    int left =
        CONNECTIONS - (int) proxy.metric("apf_proxy_bound_used", "rule=\"connections-total\"");
    for (int i = 0; i < left; i++) {
      silent.add(new TlsClient(proxy.url().getPort()).silent());
    }
    await()
        .atMost(LONG)
        .until(
            () ->
                proxy.metric("apf_proxy_bound_used", "rule=\"connections-total\"") == CONNECTIONS);
  }

  private static double waiting() {
    return proxy.metric("apiserver_flowcontrol_current_inqueue_requests");
  }

  private static long millisSince(long begun) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  private static Stream<JsonObject> told(String what) {
    return WholeLines.of(proxy.log())
        .lines()
        .filter(line -> line.contains("breakglass: " + what + " {"))
        .map(line -> new JsonObject(line.substring(line.indexOf('{'))));
  }

  /** Of those that are over as soon as they are answered. */
  private static Histogram requests() {
    Histogram millis = new Histogram(3);
    told("ends")
        .filter(end -> end.getInteger("code") != 101)
        .forEach(end -> millis.recordValue(end.getLong("milliseconds")));
    return millis;
  }

  private static void print(Histogram steps, Histogram requests, LoadReport flood) {
    System.out.printf(
        "break-glass under the flood: %d kubectl steps p50 %d ms, p99 %d ms; %d requests of them"
            + " p50 %d ms, p99 %d ms; %d lists refused%n",
        steps.getTotalCount(),
        steps.getValueAtPercentile(50),
        steps.getValueAtPercentile(99),
        requests.getTotalCount(),
        requests.getValueAtPercentile(50),
        requests.getValueAtPercentile(99),
        flood.rejected());
  }

  /** Of those that took longest, what was theirs and what the lane's and the server's. */
  private static void printSlowest(List<Taken> taken) {
    List<JsonObject> ends = told("ends").toList();
    List<String> lines = new ArrayList<>();
    int from = 0;
    for (Taken step : taken) {
      int to = Math.min(step.ended(), ends.size());
      long asked =
          ends.subList(from, to).stream().mapToLong(end -> end.getLong("milliseconds")).sum();
      lines.add(
          "%6d ms, %d requests that took %d ms in all: %s"
              .formatted(step.millis(), to - from, asked, step.name()));
      from = to;
    }
    lines.stream().sorted(Comparator.reverseOrder()).limit(SHOWN).forEach(System.out::println);
  }

  private static void eachIsToldOnceHereAndAtTheServer() {
    await()
        .atMost(LONG)
        .until(() -> told("begins").count() == counted() && told("ends").count() == counted());
    List<String> begun = told("begins").map(line -> line.getString("auditId")).toList();
    assertThat(begun)
        .hasSizeGreaterThanOrEqualTo(STEPS.size())
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            told("ends").map(line -> line.getString("auditId")).toList());
    assertThat(told("begins")).allMatch(line -> line.getString("user").equals("ann"));
    assertThat(counted()).isEqualTo(begun.size());
    await() // it may write that down after its last byte
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(notAuditedAsAnns(begun))
                    .as("not in kube-apiserver's audit log, as requests of ann")
                    .isEmpty());
  }

  private static double counted() {
    return proxy.metric("apf_proxy_break_glass_requests_total");
  }

  private static Set<String> notAuditedAsAnns(List<String> begun) {
    Map<String, String> audited = new HashMap<>();
    for (String line : cluster.auditLog()) {
      JsonObject event = new JsonObject(line);
      audited.put(event.getString("auditID"), event.getJsonObject("user").getString("username"));
    }
    Set<String> unknown = new HashSet<>(begun);
    unknown.removeIf(id -> "ann".equals(audited.get(id)));
    return unknown;
  }
}
