package io.apfproxy.real;

import static io.apfproxy.real.KubectlStep.manifest;
import static io.apfproxy.real.KubectlStep.step;

import io.apfproxy.fixtures.realcluster.CommandResult;
import io.apfproxy.fixtures.realcluster.RunningCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** The list of things that people do with kubectl, in the order of a working day. */
final class KubectlScript {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private KubectlScript() {}

  static List<KubectlStep> steps() {
    List<KubectlStep> steps = new ArrayList<>();
    steps.addAll(creation());
    steps.addAll(reading());
    steps.addAll(changes());
    steps.addAll(PodStreamSteps.steps("over WebSocket", "true"));
    steps.addAll(PodStreamSteps.steps("over SPDY", "false"));
    steps.addAll(identity());
    steps.addAll(discovery());
    steps.addAll(customResources());
    steps.addAll(oversized());
    steps.addAll(deletion());
    return steps;
  }

  private static List<KubectlStep> creation() {
    return List.of(
        step("create namespace {ns}").shows("created"),
        step("create namespace {ns}").fails(1),
        manifest("workload.yaml", "create -n {ns} -f -").shows("deployment.apps/web created"),
        step("wait -n {ns} --for=condition=Ready pod/shell --timeout=60s").shows("condition met"),
        rollout(),
        manifest("settings-1.yaml", "apply -n {ns} -f -").shows("created"),
        step("create configmap other -n {ns} --from-literal=a=1 --from-literal=b=2"),
        step("create secret generic key -n {ns} --from-literal=password=s3cret"));
  }

  private static List<KubectlStep> reading() {
    return List.of(
        step("get pods -n {ns}").shows("Running"),
        step("get pods,deployments,services -A -o wide").shows("fake-node"),
        step("get all -n {ns} --show-labels"),
        step("get configmap settings -n {ns} -o yaml").shows("colour: red"),
        step("get pod shell -n {ns} -o json"),
        step("get pods -n {ns} -l app=web -o name").shows("pod/web-"),
        step("get pods -n {ns} --field-selector=metadata.name=shell -o jsonpath={.items[*].status.phase}")
            .shows("Running"),
        step("get configmaps -n {ns} --chunk-size=1").shows("settings"),
        step("get pod absent -n {ns}").fails(1).shows("NotFound"),
        step("get unknown-things -n {ns}").fails(1),
        step("describe pod shell -n {ns}").shows("Node:"),
        step("describe deployment web -n {ns}").shows("StrategyType"),
        step("describe node fake-node").shows("fake-node"),
        step("get --raw /api/v1/namespaces/{ns}/configmaps/settings").shows("\"colour\":\"red\""),
        step("get --raw /healthz").shows("ok"),
        step("get --raw /readyz?verbose").shows("readyz check passed"),
        step("get --raw /no/such/path").fails(1).shows("NotFound"));
  }

  private static List<KubectlStep> changes() {
    return List.of(
        manifest("settings-1.yaml", "apply -n {ns} -f -").shows("unchanged"),
        manifest("settings-1.yaml", "diff -n {ns} -f -"),
        manifest("settings-2.yaml", "diff -n {ns} -f -").fails(1).shows("+  shape: round"),
        manifest("settings-2.yaml", "apply -n {ns} -f -").shows("configured"),
        manifest("settings-1.yaml", "replace -n {ns} -f -").shows("replaced"),
        manifest("server-side.yaml", "apply -n {ns} --server-side -f -")
            .shows("serverside-applied"),
        manifest("server-side.yaml", "apply -n {ns} --server-side -f -")
            .shows("serverside-applied"),
        step("patch configmap owned -n {ns} --type=merge --field-manager=other -p {\"data\":{\"colour\":\"blue\"}}")
            .shows("patched"),
        manifest("server-side.yaml", "apply -n {ns} --server-side -f -").fails(1).shows("conflict"),
        manifest("server-side.yaml", "apply -n {ns} --server-side --force-conflicts -f -")
            .shows("serverside-applied"),
        manifest("server-side.yaml", "apply -n {ns} --server-side --dry-run=server -f -")
            .shows("server dry run"),
        step("get configmap owned -n {ns} -o yaml --show-managed-fields").shows("f:colour"),
        step("patch deployment web -n {ns} -p {\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"example.com/web:2\"}]}}}}")
            .shows("patched"),
        step("patch configmap settings -n {ns} --type=merge -p {\"data\":{\"size\":null,\"weight\":\"2\"}}")
            .shows("patched"),
        step("patch configmap settings -n {ns} --type=json -p [{\"op\":\"replace\",\"path\":\"/data/weight\",\"value\":\"3\"}]")
            .shows("patched"),
        step("patch configmap settings -n {ns} --type=json -p [{\"op\":\"test\",\"path\":\"/data/weight\",\"value\":\"4\"}]")
            .fails(1),
        step("get configmap settings -n {ns} -o jsonpath={.data}").shows("\"weight\":\"3\""),
        step("label configmap settings -n {ns} tier=front").shows("labeled"),
        step("label configmap settings -n {ns} tier=back").fails(1),
        step("label configmap settings -n {ns} tier=back --overwrite").shows("labeled"),
        step("annotate configmap settings -n {ns} note=seen").shows("annotated"),
        rollout(),
        step("scale deployment web -n {ns} --replicas=3").shows("scaled"),
        rollout(),
        step("rollout history deployment/web -n {ns}").shows("REVISION"),
        step("rollout undo deployment/web -n {ns}").shows("rolled back"),
        rollout(),
        step("get deployment web -n {ns} -o jsonpath={.status.readyReplicas}").shows("3"),
        step("get -w, and a change", KubectlScript::watch).shows("MODIFIED"));
  }

  private static List<KubectlStep> identity() {
    return List.of(
        step("auth whoami -o yaml").shows("username:"),
        step("auth can-i create deployments -n {ns}").shows("yes"),
        step("auth can-i --list -n {ns}").shows("selfsubjectaccessreviews"),
        step("auth can-i list secrets -n {ns} --as=nobody").fails(1).shows("no"),
        step("get pods -n {ns} --as=nobody").fails(1).shows("\"nobody\" cannot list"),
        step("get configmaps -n {ns} --as=somebody --as-group=system:masters").shows("settings"),
        step("auth whoami -o yaml --as=somebody --as-uid=u-1 --as-group=dev --as-group=ops --as-user-extra=team=a/b")
            .shows("team"),
        step(
                "create token default -n {ns} --duration=1h",
                actor -> shape(actor.run("create", "token", "default", "-n", "{ns}")))
            .shows("token of three parts"));
  }

  private static List<KubectlStep> discovery() {
    return List.of(
        step("api-resources --sort-by=name --api-group=apps").shows("deployments"),
        step("api-versions").shows("flowcontrol.apiserver.k8s.io/v1"),
        step("version -o json").shows("serverVersion"),
        step("explain pods.spec.containers").shows("List of containers belonging to the pod"),
        step("explain deployments.spec.strategy --recursive").shows("maxSurge"),
        step("cluster-info").shows("is running at"));
  }

  private static List<KubectlStep> customResources() {
    return List.of(
        manifest("widget-crd.yaml", "create -f -").shows("created"),
        step("wait until the definition has conditions", KubectlScript::awaitConditions),
        step("wait --for=condition=Established crd/widgets.{id}.example.com --timeout=60s")
            .shows("condition met"),
        step("wait until widgets are served", KubectlScript::awaitWidgets),
        manifest("widget.yaml", "apply -n {ns} -f -").shows("created"),
        manifest("widget-invalid.yaml", "apply -n {ns} -f -")
            .fails(1)
            .shows("should be greater than or equal to 1"),
        step("get widgets.{id}.example.com -n {ns}").shows("SIZE"),
        step("patch widgets.{id}.example.com first -n {ns} --type=merge -p {\"spec\":{\"size\":5}}")
            .shows("patched"),
        step("get widgets.{id}.example.com first -n {ns} -o yaml").shows("size: 5"),
        step("explain widgets.{id}.example.com.spec").shows("what the widget is like"),
        step("delete widgets.{id}.example.com first -n {ns}").shows("deleted"),
        step("delete crd widgets.{id}.example.com").shows("deleted"));
  }

  private static List<KubectlStep> oversized() {
    return List.of(
        step("create a ConfigMap of 3.3 MB", actor -> configMap(actor, 3_300_000))
            .fails(1)
            .shows("limit is 3145728"),
        step("create a ConfigMap of 1.5 MB", actor -> configMap(actor, 1_500_000))
            .fails(1)
            .shows("1048576"),
        step("create a ConfigMap of 0.9 MB", actor -> configMap(actor, 900_000)).shows("created"));
  }

  private static List<KubectlStep> deletion() {
    return List.of(
        step("delete pod shell -n {ns} --wait").shows("deleted"),
        step("get pod shell -n {ns}").fails(1).shows("NotFound"),
        step("delete deployment web -n {ns} --cascade=foreground --wait --timeout=80s")
            .shows("deleted"),
        step(
                "delete configmaps --all -n {ns}",
                actor -> sorted(actor.run("delete", "configmaps", "--all", "-n", "{ns}")))
            .shows("deleted"),
        step("delete namespace {ns} --timeout=80s").shows("deleted"),
        step("get namespace {ns}").fails(1).shows("NotFound"));
  }

  /** Only the last line: how many intermediate states it saw is a matter of luck. */
  private static KubectlStep rollout() {
    return step(
            "rollout status deployment/web -n {ns}",
            actor -> {
              CommandResult all =
                  actor.run("rollout", "status", "-n", "{ns}", "deployment/web", "--timeout=60s");
              List<String> lines = all.stdout().lines().toList();
              String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
              return new CommandResult(all.command(), all.exitCode(), last, all.stderr());
            })
        .shows("successfully rolled out");
  }

  private static CommandResult watch(KubectlActor actor) {
    try (RunningCommand watch =
        actor.start("get", "configmap", "settings", "-n", "{ns}", "-w", "--output-watch-events")) {
      watch.awaitStdout(seen -> seen.contains("ADDED"), PATIENCE);
      actor.run("label", "configmap", "settings", "-n", "{ns}", "watched=yes").orThrow();
      actor.run("annotate", "configmap", "settings", "-n", "{ns}", "watched=twice").orThrow();
      // kubectl may write a line in parts, and its last one counts only when it is whole
      String seen =
          watch.awaitStdout(text -> text.endsWith("\n") && text.lines().count() == 4, PATIENCE);
      return new CommandResult(watch.toString(), 0, seen, watch.stderr());
    }
  }

  /** Until there is one, kubectl wait fails. */
  private static CommandResult awaitConditions(KubectlActor actor) {
    CommandResult last =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(
                () ->
                    actor.run(
                        "get",
                        "crd",
                        "widgets.{id}.example.com",
                        "-o",
                        "jsonpath={.status.conditions[*].type}"),
                answer -> answer.stdout().contains("Established"));
    return new CommandResult(last.command(), last.exitCode(), "", last.stderr());
  }

  /** Discovery lags behind the condition, so the first of the two who ask could see less. */
  private static CommandResult awaitWidgets(KubectlActor actor) {
    CommandResult last =
        Awaitility.await()
            .atMost(PATIENCE)
            .until(
                () -> actor.run("get", "--raw", "/openapi/v3/apis/{id}.example.com/v1"),
                answer -> answer.stdout().contains("what the widget is like"));
    return new CommandResult(last.command(), last.exitCode(), "", last.stderr());
  }

  private static CommandResult configMap(KubectlActor actor, int bytes) {
    return actor.runWithInput(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: big}\ndata: {blob: "
            + "x".repeat(bytes)
            + "}\n",
        "create",
        "-n",
        "{ns}",
        "-f",
        "-");
  }

  private static CommandResult sorted(CommandResult result) {
    String lines = String.join("\n", result.stdout().lines().sorted().toList());
    return new CommandResult(result.command(), result.exitCode(), lines, result.stderr());
  }

  private static CommandResult shape(CommandResult token) {
    String shape =
        "token of "
            + (token.stdout().strip().split("\\.", -1).length == 3 ? "three" : "other")
            + " parts";
    return new CommandResult(token.command(), token.exitCode(), shape, token.stderr());
  }
}
