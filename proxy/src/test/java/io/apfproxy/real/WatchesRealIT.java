package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.net.http.HttpClient.Version;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of watches and a few tunnels through one proxy, and what is left of them when their
 * clients vanish.
 */
@Tag("I1")
@RealControlPlane(kubelet = true, audit = true)
final class WatchesRealIT {
  private static final int WATCHES = 500;
  private static final int REQUESTS = 200;
  private static final int TUNNELS = 4;
  private static final String CONFIG_MAPS = "/api/v1/namespaces/watched/configmaps";

  /** As client-go starts its informers. */
  private static final String WATCH_LIST =
      "?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";

  @Test
  void leavesNothingBehindWhenFiveHundredWatchesAreCut(ControlPlane cluster) {
    ProxyAccess.grant(cluster);
    Kubectl admin = cluster.kubectl("admin");
    admin.run("create", "namespace", "watched").orThrow();
    admin.run("run", "shell", "-n", "watched", "--image=example.com/shell:1").orThrow();
    admin
        .run("wait", "-n", "watched", "--for=condition=Ready", "pod/shell", "--timeout=60s")
        .orThrow();

    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster)) {
      // Given
      List<RunningCommand> tunnels = openTunnels(proxy.kubectl("alice"));
      try (WatchCrowd crowd =
          new WatchCrowd(
              proxy.url(),
              proxy.certificate(),
              ControlPlane.token("alice"),
              WATCHES,
              "announced")) {
        crowd.open(CONFIG_MAPS + WATCH_LIST);
        within(60).untilAsserted(() -> assertThat(crowd.opened()).isEqualTo(WATCHES));

        // When
        assertThat(statusesOfMoreRequests(proxy)).containsOnly(200).hasSize(REQUESTS);
        admin.run("create", "configmap", "announced", "-n", "watched").orThrow();

        // Then
        within(60).untilAsserted(() -> assertThat(crowd.informed()).isEqualTo(WATCHES));
        assertThat(crowd.ended()).isZero();
        assertThat(proxy.metric("apf_proxy_upstream_streams")).isGreaterThanOrEqualTo(WATCHES);
        assertThat(proxy.metric("apf_proxy_tunnels")).isEqualTo(TUNNELS);
      } finally {
        tunnels.forEach(RunningCommand::close);
      }
      within(60).untilAsserted(() -> assertIdle(proxy));
    } finally {
      admin.run("delete", "pod", "shell", "-n", "watched", "--now");
    }
  }

  private static List<RunningCommand> openTunnels(Kubectl kubectl) {
    List<RunningCommand> tunnels = new ArrayList<>();
    for (String webSockets : List.of("true", "false")) {
      Kubectl by =
          kubectl
              .with("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", webSockets)
              .with("KUBECTL_PORT_FORWARD_WEBSOCKETS", webSockets);
      RunningCommand exec = by.start("exec", "-i", "shell", "-n", "watched", "--", "cat");
      exec.write("ready\n".getBytes(StandardCharsets.UTF_8));
      exec.awaitStdout(text -> text.contains("ready"), Duration.ofSeconds(60));
      tunnels.add(exec);
      RunningCommand forward = by.start("port-forward", "pod/shell", "-n", "watched", ":7");
      forward.awaitStdout(text -> text.contains("Forwarding from"), Duration.ofSeconds(60));
      tunnels.add(forward);
    }
    return tunnels;
  }

  private static List<Integer> statusesOfMoreRequests(ProxyProcess proxy) {
    ApiClient client =
        ApiClient.withToken(
            proxy.url(), proxy.certificate(), ControlPlane.token("alice"), Version.HTTP_2);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    // the first makes the connection that the others share
    answers.add(client.get(CONFIG_MAPS));
    answers.get(0).join();
    IntStream.range(1, REQUESTS).forEach(i -> answers.add(client.get(CONFIG_MAPS + "?limit=" + i)));
    return answers.stream().map(answer -> answer.join().statusCode()).toList();
  }

  private static void assertIdle(ProxyProcess proxy) {
    assertThat(proxy.metric("apiserver_flowcontrol_current_executing_requests")).isZero();
    assertThat(proxy.metric("apiserver_flowcontrol_current_inqueue_requests")).isZero();
    assertThat(proxy.metric("apf_proxy_tunnels")).isZero();
    assertThat(proxy.metric("apf_proxy_upstream_streams")).isZero();
    assertThat(proxy.page("/debug/api_priority_and_fairness/dump_requests").lines()).hasSize(1);
    assertThat(proxy.page("/debug/api_priority_and_fairness/dump_priority_levels").lines().skip(1))
        .isNotEmpty()
        .allSatisfy(
            row -> {
              String[] cells = row.split(", +", -1);
              assertThat(cells[4]).as("waiting: %s", row).isEqualTo("0");
              assertThat(cells[5]).as("executing: %s", row).isEqualTo("0");
            });
  }

  private static ConditionFactory within(int seconds) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(seconds))
        .pollInterval(Duration.ofMillis(200));
  }
}
