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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Streams on which nothing moves for minutes, and then something does. Run by name, as it waits:
 * {@code -Dit.test=PausesReport -Dapf.pause.seconds=330}.
 */
@RealControlPlane
final class PausesReport {
  private static final Duration PAUSE =
      Duration.ofSeconds(Integer.getInteger("apf.pause.seconds", 330));
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private final Map<String, String> watched = new ConcurrentHashMap<>();
  private final Map<String, RunningCommand> commands = new LinkedHashMap<>();

  @Test
  void bringsTheFirstByteAfterALongPause(ControlPlane cluster) {
    ProxyAccess.grant(cluster);
    cluster.startKubelet("--log-interval=" + PAUSE.toSeconds() + "s");
    Kubectl admin = cluster.kubectl("admin");
    admin.run("create", "configmap", "before-the-pause").orThrow();
    admin.run("run", "quiet", "--image=example.com/quiet:1").orThrow();
    admin.run("wait", "--for=condition=Ready", "pod/quiet", "--timeout=60s").orThrow();
    try (ProxyProcess proxy = ProxyProcess.startAsFrontProxy(cluster)) {
      // Given
      watch(proxy, Version.HTTP_1_1);
      watch(proxy, Version.HTTP_2);
      for (String webSockets : List.of("true", "false")) {
        Kubectl by =
            proxy
                .kubectl("alice")
                .with("KUBECTL_REMOTE_COMMAND_WEBSOCKETS", webSockets)
                .with("KUBECTL_PORT_FORWARD_WEBSOCKETS", webSockets);
        commands.put(
            "exec, web sockets " + webSockets,
            by.start("exec", "-i", "quiet", "--", "sh", "-c", "echo first; cat"));
        commands.put(
            "output only, web sockets " + webSockets,
            by.start(
                "exec",
                "quiet",
                "--",
                "sh",
                "-c",
                "echo first; sleep " + PAUSE.toSeconds() + "; echo second"));
      }
      commands.put("logs -f", proxy.kubectl("alice").start("logs", "-f", "quiet", "--tail=1"));
      commands.put("get -w", proxy.kubectl("alice").start("get", "configmaps", "-w", "-o", "name"));
      commands.forEach((name, command) -> command.awaitStdout(text -> !text.isEmpty(), PATIENCE));
      Map<String, Integer> before = new LinkedHashMap<>();
      commands.forEach((name, command) -> before.put(name, command.stdout().length()));
      await(() -> watched.size() == 2);

      // When
      long start = System.nanoTime();
      Awaitility.await()
          .atMost(PAUSE.plus(PATIENCE))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> System.nanoTime() - start > PAUSE.toNanos());
      admin.run("create", "configmap", "after-the-pause").orThrow();
      commands.forEach(
          (name, command) -> {
            if (name.startsWith("exec")) {
              command.write("second\n".getBytes(StandardCharsets.UTF_8));
            }
          });

      // Then
      commands.forEach(
          (name, command) -> {
            command.awaitStdout(text -> text.length() > before.get(name), PATIENCE.plus(PATIENCE));
            System.out.printf(
                "%s: %s%n", name, command.stdout().substring(before.get(name)).strip());
          });
      await(() -> watched.values().stream().allMatch(seen -> seen.contains("after-the-pause")));
      assertThat(watched.values()).noneMatch(seen -> seen.contains("ended"));
      System.out.println("watches over " + watched.keySet());
      assertThat(proxy.metric("apf_proxy_tunnels"))
          .as("input is still open")
          .isGreaterThanOrEqualTo(2);
    } finally {
      commands.values().forEach(RunningCommand::close);
    }
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().atMost(PATIENCE).until(condition);
  }

  private void watch(ProxyProcess proxy, Version version) {
    var unused =
        ApiClient.withToken(proxy.url(), proxy.certificate(), ControlPlane.token("alice"), version)
            .send(
                "GET",
                MAPS + "?watch=true&resourceVersion=0",
                "",
                Map.of(),
                HttpResponse.BodyHandlers.ofByteArrayConsumer(
                    bytes ->
                        bytes.ifPresent(
                            some -> add(version, new String(some, StandardCharsets.UTF_8)))))
            .whenComplete((end, failure) -> add(version, "ended"));
  }

  private void add(Version version, String text) {
    watched.merge(version.name(), text, String::concat);
  }
}
