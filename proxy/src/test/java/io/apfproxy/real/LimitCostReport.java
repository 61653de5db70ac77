package io.apfproxy.real;

import io.apfproxy.fixtures.load.Load;
import io.apfproxy.fixtures.load.LoadClient;
import io.apfproxy.fixtures.load.LoadReport;
import io.apfproxy.fixtures.load.Pace;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Prints what rate limits cost that never bind: small requests in a closed loop before a real
 * kube-apiserver through a proxy without any, and through one with eleven of which three concern
 * each request, in turn. Needs what {@link IsolationReport} needs; the arguments are the seconds of
 * each turn, 10 if absent, and the number of rounds, 5 if absent. Source: specification limits.md
 * L-01, L-27.
 */
final class LimitCostReport {
  private static final int AT_A_TIME = 32;
  private static final int OTHERS = 8;

  /** Of each, in which the JVMs compile. */
  private static final int TURNS_BEFORE = 3;

  private static final String CONCERNING =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: RateLimit
      metadata: {name: %1$s}
      spec:
        rules:
        - subjects: [{kind: Group, group: {name: "system:authenticated"}}]
          resourceRules:
          - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
        key: {by: [User]}
        unit: %1$s
        type: TokenBucket
        tokenBucket: {rate: 1000000000, burst: 1000000000}
      ---
      """;
  private static final String IN_FLIGHT =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: RateLimit
      metadata: {name: in-flight}
      spec:
        rules:
        - subjects: [{kind: Group, group: {name: "system:authenticated"}}]
          resourceRules:
          - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
        key: {by: [User]}
        type: InFlight
        inFlight: {max: 1000000}
      ---
      """;
  private static final String OTHER =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: RateLimit
      metadata: {name: other-%1$d}
      spec:
        rules:
        - subjects: [{kind: User, user: {name: other-%1$d}}]
          resourceRules:
          - {verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"]}
        type: TokenBucket
        tokenBucket: {rate: 1, burst: 1}
      ---
      """;

  private LimitCostReport() {}

  /** What one turn took. */
  private record Turn(double perSecond, double cpuMicros, double p50Millis, double p99Millis) {}

  /** Runs it. */
  public static void main(String[] args) throws Exception {
    int seconds = args.length == 0 ? 10 : Integer.parseInt(args[0]);
    int rounds = args.length < 2 ? 5 : Integer.parseInt(args[1]);
    Path folder = Files.createTempDirectory("limits");
    Files.writeString(folder.resolve("limits.yaml"), limits());
    List<Turn> without = new ArrayList<>();
    List<Turn> with = new ArrayList<>();
    try (ControlPlane server = IsolationReport.start(List.of());
        ProxyProcess plain =
            ProxyProcess.startAsFrontProxy(server, "--flowcontrol-source=builtin");
        ProxyProcess limited =
            ProxyProcess.startAsFrontProxy(
                server, "--flowcontrol-source=builtin,files:" + folder)) {
      for (int i = 0; i < TURNS_BEFORE; i++) {
        turn(plain, seconds);
        turn(limited, seconds);
      }
      for (int round = 0; round < rounds; round++) {
        boolean first = round % 2 == 0;
        if (first) {
          without.add(turn(plain, seconds));
        }
        with.add(turn(limited, seconds));
        if (!first) {
          without.add(turn(plain, seconds));
        }
        print("without limits", without.get(round));
        print("with 3 of 11", with.get(round));
      }
      System.out.printf(
          "each concerned request passed %.0f limits; medians with / without: requests/s %.3f,"
              + " the proxy's processor a request %.3f, p50 %.3f%n",
          limited.metric("apf_proxy_rate_limit_requests_total", "outcome=\"passed\"")
              / limited.metric("apf_proxy_rate_limit_requests_total", "rate_limit=\"in-flight\""),
          median(with, Turn::perSecond) / median(without, Turn::perSecond),
          median(with, Turn::cpuMicros) / median(without, Turn::cpuMicros),
          median(with, Turn::p50Millis) / median(without, Turn::p50Millis));
    }
    Files.delete(folder.resolve("limits.yaml"));
    Files.delete(folder);
  }

  private static String limits() {
    StringBuilder yaml = new StringBuilder(IN_FLIGHT);
    yaml.append(CONCERNING.formatted("requests").replace("unit: requests", "unit: Requests"));
    yaml.append(CONCERNING.formatted("seats").replace("unit: seats", "unit: Seats"));
    for (int i = 0; i < OTHERS; i++) {
      yaml.append(OTHER.formatted(i));
    }
    return yaml.toString();
  }

  private static Turn turn(ProxyProcess proxy, int seconds) throws Exception {
    Vertx vertx = Vertx.vertx();
    try (LoadClient client =
        new LoadClient(
            vertx,
            IsolationReport.target(proxy.url(), proxy.certificate())
                .as(ControlPlane.token("mouse")))) {
      Load load = client.start(IsolationReport.SMALL, Pace.closedLoop(AT_A_TIME));
      TimeUnit.SECONDS.sleep(1);
      load.recount();
      double cpu = cpuSeconds(proxy);
      long begun = System.nanoTime();
      TimeUnit.SECONDS.sleep(seconds);
      double took = (System.nanoTime() - begun) / 1e9;
      LoadReport seen = load.stop();
      double used = cpuSeconds(proxy) - cpu;
      if (seen.succeeded() == 0 || seen.rejected() + seen.failures() > 0) {
        throw new IllegalStateException(seen.statuses() + ", " + seen.failures() + " failed");
      }
      return new Turn(
          seen.succeeded() / took,
          used * 1e6 / seen.succeeded(),
          seen.percentile(50).toNanos() / 1e6,
          seen.percentile(99).toNanos() / 1e6);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static double cpuSeconds(ProxyProcess proxy) {
    return proxy.metric("process_cpu_seconds_total");
  }

  private static void print(String name, Turn turn) {
    System.out.printf(
        "%-15s %6.0f requests/s, %6.1f us of the proxy's processor each, p50 %.1f ms, p99 %.1f ms%n",
        name, turn.perSecond, turn.cpuMicros, turn.p50Millis, turn.p99Millis);
  }

  private static double median(List<Turn> turns, ToDoubleFunction<Turn> of) {
    double[] sorted = turns.stream().mapToDouble(of).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
