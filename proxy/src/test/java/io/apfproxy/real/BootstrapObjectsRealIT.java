package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.fixtures.realcluster.RealControlPlane;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * On request, the mandatory and suggested objects stand in the cluster as our custom resources, and
 * are kept there as kube-apiserver keeps its own.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@RealControlPlane
final class BootstrapObjectsRealIT extends OwnKindsFixture {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** A minute until the next, and another one for what was changed while it looked. */
  private static final Duration A_PASS = Duration.ofMinutes(3);

  private static final String AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";

  @BeforeAll
  static void startProxy() {
    define("");
    proxy =
        ProxyProcess.start(
            cluster, "--flowcontrol-source=builtin,crd", "--create-suggested-objects");
  }

  @Test
  @Order(1)
  void saysWhichRightIsMissing() {
    await()
        .atMost(SOON)
        .until(
            () ->
                proxy
                    .log()
                    .contains(
                        "mandatory and suggested objects are not kept: the proxy's identity needs"
                            + " the rights to \"list\", \"create\", \"update\" and \"delete\""));
    apply("/real/bootstrap-access.yaml");
    await().atMost(SOON).until(() -> names().size() == 19);
  }

  @Test
  @Order(2)
  void theyStandBesideTheNativeOnes() {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(specs("flowcontrol.apf-proxy.io")).isNotEmpty());
    System.out.println(kubectl.run("get", "fs,plc").orThrow().stdout());

    assertThat(specs("flowcontrol.apf-proxy.io")).isEqualTo(specs("flowcontrol.apiserver.k8s.io"));
    await()
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(
                        kubectl
                            .run(
                                "get",
                                "fs,plc",
                                "-o",
                                "jsonpath={range .items[*]}{.status.conditions[?(@.type==\"InForce\")].reason}{\" \"}{end}")
                            .orThrow()
                            .stdout()
                            .trim()
                            .split(" "))
                    .hasSize(19)
                    .containsOnly("Applied"));
  }

  @Test
  @Order(3)
  void areKeptAsTheirAnnotationSays() {
    kubectl.run("delete", "plc", "system").orThrow();
    patch("plc/global-default", "{\"spec\": {\"limited\": {\"nominalConcurrencyShares\": 21}}}");
    kubectl.run("annotate", "--overwrite", "plc", "workload-low", AUTO_UPDATE + "=false").orThrow();
    patch("plc/workload-low", "{\"spec\": {\"limited\": {\"nominalConcurrencyShares\": 101}}}");
    patch( // in one step: a pass between two would annotate it as one that nobody has changed
        "plc/workload-high",
        "{\"metadata\": {\"annotations\": {\""
            + AUTO_UPDATE
            + "\": null}}, \"spec\": {\"limited\": {\"nominalConcurrencyShares\": 41}}}");
    patch("plc/exempt", "{\"spec\": {\"exempt\": {\"nominalConcurrencyShares\": 7}}}");
    for (String annotation : List.of("true", "false")) {
      kubectl
          .runWithInput(
              """
              apiVersion: flowcontrol.apf-proxy.io/v1
              kind: PriorityLevelConfiguration
              metadata: {name: %s, annotations: {%s: '%s'}}
              spec: {type: Limited, limited: {limitResponse: {type: Reject}}}
              """
                  .formatted("mine-" + annotation, AUTO_UPDATE, annotation),
              "apply",
              "-f",
              "-")
          .orThrow();
    }

    await()
        .atMost(A_PASS)
        .untilAsserted(
            () -> {
              assertThat(names())
                  .contains("plc/system", "plc/mine-false")
                  .doesNotContain("plc/mine-true");
              assertThat(shares("global-default")).isEqualTo("20");
              assertThat(field("plc/workload-high", ".metadata.annotations"))
                  .contains(AUTO_UPDATE + "\":\"false");
            });
    assertThat(shares("workload-low")).isEqualTo("101");
    assertThat(shares("workload-high")).isEqualTo("41");
    assertThat(field("plc/exempt", ".spec.exempt.nominalConcurrencyShares")).isEqualTo("7");
    await().atMost(SOON).until(() -> inForce() == 20);
  }

  private static String shares(String level) {
    return field("plc/" + level, ".spec.limited.nominalConcurrencyShares");
  }

  /** Kind and name of all our objects. */
  private static List<String> names() {
    return kubectl
        .run("get", "fs,plc", "-o", "name")
        .orThrow()
        .stdout()
        .lines()
        .map(
            line -> line.replaceFirst("^flowschema.*/", "fs/").replaceFirst("^priority.*/", "plc/"))
        .toList();
  }

  private static String specs(String group) {
    return kubectl
        .run(
            "get",
            "flowschemas." + group + ",prioritylevelconfigurations." + group,
            "-o",
            "jsonpath={range .items[*]}{.kind} {.metadata.name} {.spec}{\"\\n\"}{end}")
        .orThrow()
        .stdout()
        .lines()
        .sorted()
        .collect(Collectors.joining("\n"));
  }
}
