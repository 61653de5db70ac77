package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.child.ChildProxy;
import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.ControlPlane;
import io.apfproxy.fixtures.realcluster.Kubectl;
import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.net.http.HttpClient.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/runbooks.md tells an operator to type works, before a real server and the chart as Helm
 * installs it. Source: specification seeing.md V-119.
 */
@RealControlPlane
final class RunbooksRealIT {
  private static final String PAGE = "runbooks.md";

  /** Asks for what a control plane without nodes and without other programs cannot answer. */
  private static final List<String> ELSEWHERE =
      List.of(
          "kubectl -n apf-system logs ",
          "kubectl -n apf-system top ",
          "kubectl -n apf-system get certificate");

  /** Nobody of its level gets a seat. */
  private static final String NO_SEATS =
      """
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: PriorityLevelConfiguration
      metadata: {name: nothing}
      spec:
        type: Limited
        limited: {nominalConcurrencyShares: 0, borrowingLimitPercent: 0, limitResponse: {type: Reject}}
      ---
      apiVersion: flowcontrol.apf-proxy.io/v1
      kind: FlowSchema
      metadata: {name: nothing}
      spec:
        priorityLevelConfiguration: {name: nothing}
        matchingPrecedence: 100
        rules:
        - subjects: [{kind: User, user: {name: mouse}}]
          resourceRules:
          - {verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true}
      """;

  @TempDir static Path folder;
  private static ControlPlane cluster;
  private static InstalledChart chart;
  private static DocumentedCommands shell;

  @BeforeAll
  static void start() throws Exception {
    cluster = ControlPlane.start(new ControlPlane.Options(false, false, List.of()));
    chart =
        InstalledChart.install(
            cluster, Files.createDirectory(folder.resolve("chart")), "flowControl: {}");
    Kubectl kubectl = cluster.kubectl("admin");
    Files.writeString(folder.resolve("nothing.yaml"), NO_SEATS);
    kubectl.run("apply", "-f", folder.resolve("nothing.yaml").toString()).orThrow();
    kubectl
        .run("wait", "--for=condition=InForce", "fs/nothing", "plc/nothing", "--timeout=60s")
        .orThrow();
    ApiClient mouse =
        ApiClient.withToken(
            chart.proxy().url(),
            chart.proxy().certificate(),
            ControlPlane.token("mouse"),
            Version.HTTP_2);
    assertThat(mouse.get("/api/v1/namespaces/default/pods").get().statusCode()).isEqualTo(429);
    Files.createSymbolicLink(folder.resolve("apf-proxy.jar"), Path.of(ChildProxy.jar()));
    shell = new DocumentedCommands(folder, cluster.kubeconfig("admin"));
  }

  @AfterAll
  static void stop() {
    if (chart != null) {
      chart.close();
      chart = null;
    }
    if (cluster != null) {
      cluster.close();
      cluster = null;
    }
  }

  /** Each once; a page of the listener that is none fails too. */
  @Test
  void everyCommandWorks() {
    List<String> blocks = DocumentedCommands.blocks(PAGE, "sh");
    String before =
        blocks
                .get(0)
                .replaceAll("(?m)^kubectl .* port-forward .*\n", "") // there is no pod
                .replace("https://127.0.0.1:8443", chart.proxy().admin().toString())
            + "curl() { command curl -sS --fail \"$@\"; }\n";
    shell.run(before).orThrow();
    Set<String> elsewhere = new LinkedHashSet<>();
    List<String> failed = new ArrayList<>();
    Collection<String> commands = commands(blocks.subList(1, blocks.size()));
    for (String command : commands) {
      if (ELSEWHERE.stream().anyMatch(command::startsWith)) {
        elsewhere.add(command);
        continue;
      }
      CommandResult result = shell.run(before + filled(command));
      boolean silent = result.stdout().isBlank() && !command.startsWith("kubectl");
      if (result.exitCode() != 0 || silent) {
        failed.add(command + "\n" + result.exitCode() + " " + result.stdout() + result.stderr());
      }
    }
    System.out.printf("of %d commands not run: %s%n", commands.size(), elsewhere);

    assertThat(failed).isEmpty();
    assertThat(commands).hasSizeGreaterThan(35);
    assertThat(elsewhere).hasSizeLessThan(8);
  }

  private static Collection<String> commands(List<String> blocks) {
    Set<String> commands = new LinkedHashSet<>();
    blocks.stream()
        .flatMap(String::lines)
        .map(line -> line.replaceFirst(" # .*", "").strip())
        .filter(line -> !line.isEmpty())
        .forEach(commands::add);
    return commands;
  }

  /** With names in the place of NAME and FILE. */
  private static String filled(String command) {
    return command
        .replace("--user NAME", "--user mouse")
        .replace("NAME", "nothing")
        .replace("FILE", "nothing.yaml");
  }
}
